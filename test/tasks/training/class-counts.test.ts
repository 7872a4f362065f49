import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateCsv } from '#core/documents/csv';
import { countCorrect } from '#core/statistics/scoring';
import { byClassSchema } from '#jobs/runs/evaluation';
import { addCounts, byClass, confusionCsv, startCounts } from '#tasks/training/class-counts';

const names = ['cat', 'dog', 'owl'];

/** Counts of one-hot logits, by label and prediction. */
function countsOf(predictions: readonly (readonly [label: number, predicted: number])[], classes = 3) {
  const counts = startCounts(classes);
  const logits = new Float32Array(predictions.length * classes);
  for (const [row, [, predicted]] of predictions.entries()) logits[row * classes + predicted] = 1;
  addCounts(
    counts,
    logits,
    predictions.map(([label]) => label),
  );
  return counts;
}

const pairs = [
  [0, 0],
  [0, 1],
  [0, 1],
  [0, 2],
  [1, 1],
  [1, 0],
] as const;

describe('counts by class', () => {
  it('are accuracies in the order of labels, null without images, and confusions from the most frequent on', () => {
    expect(byClass(countsOf(pairs), names)).toEqual({
      classes: [
        { name: 'cat', n: 4, top1: 0.25 },
        { name: 'dog', n: 2, top1: 0.5 },
        { name: 'owl', n: 0, top1: null },
      ],
      confusions: [
        { label: 'cat', predicted: 'dog', n: 2, share: 0.5 },
        { label: 'cat', predicted: 'owl', n: 1, share: 0.25 },
        { label: 'dog', predicted: 'cat', n: 1, share: 0.5 },
      ],
      matrix: [
        [1, 2, 1],
        [1, 1, 0],
        [0, 0, 0],
      ],
    });
  });

  it('number classes without names', () => {
    const { classes, confusions } = byClass(countsOf(pairs), undefined);
    expect(classes.map(({ name }) => name)).toEqual(['0', '1', '2']);
    expect(confusions?.[0]).toMatchObject({ label: '0', predicted: '1' });
  });

  it('hold the matrix of up to 20 classes, 10 confusions of up to 1,000, and accuracies of any number', () => {
    const of = (classes: number) => {
      const wrong = Array.from({ length: 15 }, (_, i) => [i, i + 1] as const);
      return byClass(countsOf(wrong, classes), undefined);
    };
    expect(of(20).matrix?.map((row) => row.length)).toEqual(Array.from({ length: 20 }, () => 20));
    expect(of(21)).not.toHaveProperty('matrix');
    expect(of(1000).confusions).toHaveLength(10);
    expect(of(1001)).not.toHaveProperty('confusions');
    expect(of(1001).classes).toHaveLength(1001);
  });

  it('are what the schema of results reads', () => {
    for (const classes of [3, 21, 1001]) {
      const found = byClass(
        countsOf(
          [
            [0, 0],
            [1, 0],
          ],
          classes,
        ),
        undefined,
      );
      expect(byClassSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    }
  });

  it('add up to the images and to the correct ones, for any logits, ties and NaN included', () => {
    const logit = fc.constantFrom(0, 1, 2, Number.NaN);
    const row = fc.tuple(fc.tuple(logit, logit, logit), fc.nat(2));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const logits = Float32Array.from(rows.flatMap(([values]) => values));
        const labels = rows.map(([, label]) => label);
        const counts = startCounts(3);
        addCounts(counts, logits, labels);
        const matrix = counts.matrix!;
        expect(matrix.reduce((sum, n) => sum + n, 0)).toBe(rows.length);
        for (const c of [0, 1, 2]) expect(matrix[4 * c]).toBe(counts.correct[c]);
        expect(counts.correct.reduce((sum, n) => sum + n, 0)).toBe(countCorrect(logits, labels, 3));
      }),
    );
  });
});

describe('the confusion matrix as CSV', () => {
  it('has a row for each label and a column for each prediction', () => {
    const counts = countsOf(pairs);
    const csv = confusionCsv(counts, counts.matrix!, names);
    expect(csv).toBe('label,cat,dog,owl\ncat,1,2,1\ndog,1,1,0\nowl,0,0,0\n');
  });

  it('quotes names that hold a separator or a quotation mark, or begin like a comment', () => {
    const counts = countsOf(pairs);
    const csv = confusionCsv(counts, counts.matrix!, ['#1', 'a, b', 'the "owl"']);
    expect(csv.split('\n')[0]).toBe('label,"#1","a, b","the ""owl"""');
    const { value } = locateCsv('confusion.csv', csv, ['label']);
    expect((value as { label: string }[]).map(({ label }) => label)).toEqual(['#1', 'a, b', 'the "owl"']);
  });
});
