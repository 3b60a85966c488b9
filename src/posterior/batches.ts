import type { MappedLayer, Network } from "../mapping/index.ts";

/** Numbers a batch may hold at its widest layer, 4 MiB an array: enough to fill any window, and most of it stays in the cache. */
const mostValues = 2 ** 20;

/** Values of the widest layer for one item: input vectors, or codes read. */
function widest({ stages }: Network, layers: readonly MappedLayer[], samples: number): number {
  const widths = layers.map((layer, k) => {
    const { patches, inputs, outputs } = stages[k]!;
    const vectors = patches * (k === 0 ? 1 : samples);
    return Math.max(vectors * inputs, patches * samples * layer.average * outputs * layer.code.signs.length);
  });
  return Math.max(...widths);
}

/** Stretches of items small enough for memory; none crosses a multiple of `period` of the run's item numbers. */
export function* batches(
  network: Network,
  layers: readonly MappedLayer[],
  {
    items,
    samples,
    firstItem,
    period,
  }: { items: number; samples: number; firstItem: number; period: number },
): Generator<{ start: number; count: number }> {
  const most = Math.max(1, Math.floor(mostValues / widest(network, layers, samples)));
  for (let start = 0; start < items; ) {
    const count = Math.min(most, items - start, period - ((firstItem + start) % period));
    yield { start, count };
    start += count;
  }
}
