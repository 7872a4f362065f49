/** Evaluations as results hold them: accuracy and loss on a split and, in trainings, class by class. */
import { z } from 'zod';
import { integer, list, quantity, text } from '#core/documents/conform';
import { wilsonInterval } from '#core/statistics/scoring';

export const share = quantity('a share from 0 to 1', { min: 0, max: 1 });
export const loss = quantity('a loss in nats');
const interval = z.tuple([share, share], { error: 'two shares' }).readonly();
const images = integer('a number of images', 0);

const evaluationFields = z.object(
  {
    split: text('a split'),
    n: integer('a number of images'),
    top1: share,
    /** 95 % Wilson interval. */
    top1Interval: interval,
    top5: share,
    /** 95 % Wilson interval; absent in runs of older versions, and then computed from `top5` and `n`. */
    top5Interval: interval.optional(),
    /** Mean cross-entropy against the split's soft labels, in nats. */
    loss,
  },
  { error: 'an evaluation' },
);

/** Accuracy and loss of a network on a split. */
export const evaluationSchema = evaluationFields.transform(({ top5Interval, loss, ...figures }) => {
  const { top5, n } = figures;
  return { ...figures, top5Interval: top5Interval ?? wilsonInterval(Math.round(top5 * n), n), loss };
});

/** Accuracy of each class, and the classes that a network confuses. A class without a name is called by its number. */
export const byClassSchema = z.object(
  {
    /** The classes in the order of their labels. */
    classes: list(
      z.object({
        name: text('the name of a class'),
        n: images,
        /** Null for a class without images. */
        top1: share.nullable(),
      }),
      'a list of classes',
    ).readonly(),
    /** The most frequent confusions, at most 10; absent for more than 1,000 classes. */
    confusions: list(
      z.object({
        /** Name of the images' class. */
        label: text('the name of a class'),
        /** Name of the class that the network saw in them. */
        predicted: text('the name of a class'),
        n: images,
        /** Share of the class's images. */
        share,
      }),
      'a list of confusions',
      0,
    )
      .readonly()
      .optional(),
    /**
     * Numbers of images by label (rows) and prediction (columns), for up to 20 classes; a training with up to 1,000
     * writes them to `confusion.csv`.
     */
    matrix: list(list(images, 'numbers of images'), 'a list of rows').readonly().optional(),
  },
  { error: 'a mapping' },
);

export type Evaluation = Readonly<z.output<typeof evaluationSchema>>;
export type ByClass = Readonly<z.output<typeof byClassSchema>>;
