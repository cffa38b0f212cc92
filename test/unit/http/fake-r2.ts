// R2 in memory: what this repository asks of a bucket. A conditional put is refused as the platform refuses it, with null.
export interface FakeR2 {
  readonly bucket: R2Bucket;
  readonly objects: Map<string, string>;
}

export function fakeR2(): FakeR2 {
  const objects = new Map<string, string>();
  const objectOf = (key: string) => {
    const text = objects.get(key);
    return text === undefined ? null : { key, json: async () => JSON.parse(text), text: async () => text, body: new Blob([text]).stream() };
  };
  const bucket = {
    get: async (key: string) => objectOf(key),
    head: async (key: string) => objectOf(key),
    delete: async (keys: string | string[]) => {
      for (const key of [keys].flat()) objects.delete(key);
    },
    put: async (key: string, text: string, { onlyIf }: { onlyIf?: Headers } = {}) => {
      if (onlyIf?.get("if-none-match") === "*" && objects.has(key)) return null;
      objects.set(key, text);
      return objectOf(key);
    },
  };
  return { bucket: bucket as unknown as R2Bucket, objects };
}
