/** The launcher's few words. All the others are the conversation's, and come with it. */

/** What button and panel are called, in every language that we speak. */
export const NAME = "Chat";

type Texts = readonly [close: string, failed: string, tab: string, retry: string];

export const TEXTS = {
  en: ["Close", "The chat cannot be opened here.", "Open in a new tab", "Try again"],
  fr: ["Fermer", "Le chat ne s’ouvre pas ici.", "Ouvrir dans un nouvel onglet", "Réessayer"],
  nl: ["Sluiten", "De chat kan hier niet worden geopend.", "Openen in een nieuw tabblad", "Opnieuw proberen"],
  de: ["Schließen", "Der Chat lässt sich hier nicht öffnen.", "In neuem Tab öffnen", "Erneut versuchen"],
} satisfies Record<string, Texts>;

export type Language = keyof typeof TEXTS;

/** Returns the first language of `wished` (`de-AT` counts as `de`) that we speak. */
export function spoken(wished: readonly string[]): Language | undefined {
  return wished.map((tag) => tag.slice(0, 2).toLowerCase()).find((code): code is Language => Object.hasOwn(TEXTS, code));
}
