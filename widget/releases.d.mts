export interface Release {
  file: string;
  integrity: string;
  released: string | null;
}
export function keepRelease(dist: string, script: Uint8Array): void;
export function dateRelease(dist: string, day?: string): void;
export function withNewest(releases: Release[], release: Release): Release[];
export function dated(releases: Release[], day: string): Release[];
export function withoutOld(releases: Release[], day: string): Release[];
export function refuseLost(before: Release[], after: (Release | undefined)[], day: string): void;
