/**
 * The link of `notifications.upgrade_url` with `{customer}` and `{tier}` filled in, as parts of a URL: what a customer id
 * holds never becomes a path, a parameter or another address. Undefined if the template wants a tier and there is none.
 */
export function upgradeUrlFor(template: string, { customer, tier }: { customer: string; tier: string | undefined }) {
  if (tier === undefined && template.includes('{tier}')) return undefined;
  return template.replace(/\{(customer|tier)\}/g, (_, name: 'customer' | 'tier') =>
    encodePart(name === 'customer' ? customer : tier!),
  );
}

/**
 * Encodes like encodeURIComponent, which stops at halves of surrogate pairs; here they become U+FFFD. A lone `.` or
 * `..` is no path step.
 */
function encodePart(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return /^\.{1,2}$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}
