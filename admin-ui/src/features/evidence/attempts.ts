interface Attempted {
  counted: boolean;
  createdAt: string | null;
}

/** One attempt with what its label adds to the name of the thing: nothing for the one that matters. */
export interface Attempt<Resource> {
  resource: Resource;
  suffix: string;
}

/**
 * The attempts at one thing: those that counted first, then the latest. Yoti keeps a resource for every attempt; the
 * others explain how it came to the one that counted.
 */
export function attemptsOf<Resource extends Attempted>(resources: Resource[]): Attempt<Resource>[] {
  // Of two in the same second the one that counted was the last: nobody tries again after it.
  const oldestFirst = resources.toSorted(
    (a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? '') || Number(a.counted) - Number(b.counted),
  );
  const anyCounted = resources.some(({ counted }) => counted);
  const latest = oldestFirst.at(-1);
  const matters = (resource: Resource) => (anyCounted ? resource.counted : resource === latest);
  return oldestFirst
    .map((resource, index) => ({
      resource,
      suffix: matters(resource) ? '' : ` (attempt ${index + 1}${anyCounted ? ', not counted' : ''})`,
    }))
    .toReversed()
    .toSorted((a, b) => Number(matters(b.resource)) - Number(matters(a.resource)));
}
