/** Where a link of the conversation may lead, whoever wrote it. */
const SAFE_PROTOCOLS = ["https:", "tel:", "mailto:"];

/** Return `url` where it is a complete https, tel or mailto address, else null. */
export function safeUrl(url: string): string | null {
  try {
    return SAFE_PROTOCOLS.includes(new URL(url).protocol) ? url : null;
  } catch {
    return null; // no complete address: nothing to follow
  }
}
