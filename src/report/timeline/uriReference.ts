/**
 * True for what RFC 3986 calls a URI-reference: an absolute URI or a reference relative to one. Everything but ASCII has to
 * be percent-encoded. The empty reference, which the RFC allows, is not taken: a CloudEvents source must not be empty.
 */
export function isUriReference(text: string): boolean {
  if (text === '') return false;
  const [, scheme, authority, path, query, fragment] = PARTS.exec(text)!;
  if (scheme !== undefined && !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return false;
  if (authority !== undefined && !AUTHORITY.test(authority)) return false;
  // Without an authority, a path that begins with // would be taken for one.
  if (authority === undefined && path!.startsWith('//')) return false;
  return PATH.test(path!) && [query, fragment].every((part) => part === undefined || TAIL.test(part));
}

/** Scheme, authority, path, query and fragment (RFC 3986, appendix B). A colon in the first segment ends a scheme. */
const PARTS = /^(?:([^:/?#]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const CHARACTER = "(?:[a-z0-9\\-._~!$&'()*+,;=]|%[0-9a-f]{2})";
const PATH = new RegExp(`^(?:${CHARACTER}|[:@/])*$`, 'i');
const TAIL = new RegExp(`^(?:${CHARACTER}|[:@/?])*$`, 'i');
/** User information, a name or an address in brackets, a port. */
const AUTHORITY = new RegExp(
  `^(?:(?:${CHARACTER}|:)*@)?(?:\\[[0-9a-f:.]+\\]|\\[v[0-9a-f]+\\.(?:${CHARACTER}|:)+\\]|${CHARACTER}*)(?::[0-9]*)?$`,
  'i',
);
