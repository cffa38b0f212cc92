// Shopify's leaky bucket of points, one for an app in a shop: a request is let in where all that it asks for is there, and gets back what it did not use.
// Pure: a bucket, a number and the time in; a bucket out.

export interface Bucket {
  readonly available: number;
  readonly at: number;
  readonly capacity: number;
  readonly restoreRate: number;
}

export function refilled(bucket: Bucket, now: number): Bucket {
  const back = (Math.max(0, now - bucket.at) / 1_000) * bucket.restoreRate;
  return { ...bucket, available: Math.min(bucket.capacity, bucket.available + back), at: Math.max(now, bucket.at) };
}

/** Null: throttled, and nothing is taken. */
export const take = (bucket: Bucket, points: number): Bucket | null =>
  bucket.available < points ? null : { ...bucket, available: bucket.available - points };

export const giveBack = (bucket: Bucket, points: number): Bucket => ({
  ...bucket,
  available: Math.min(bucket.capacity, bucket.available + points),
});

export const throttleStatus = ({ available, capacity, restoreRate }: Bucket) => ({
  maximumAvailable: capacity,
  currentlyAvailable: Math.floor(available),
  restoreRate,
});
