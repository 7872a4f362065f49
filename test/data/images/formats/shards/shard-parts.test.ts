import { describe, expect, it } from 'vitest';
import { shardParts } from '#data/images/formats/shards/shard-parts';
import { failureOf } from '#test/data/fixtures';

const parts = (names: readonly string[], chosen = {}) => shardParts({ root: '/r', names }, 'tar shards', chosen);

describe('parts of shards', () => {
  it.each([
    [['data/train-00000-of-00001.parquet', 'data/test-00000-of-00001.parquet']],
    [['train/0000.parquet', 'test/0000.parquet']],
    [['cifar_train.tar', 'cifar_test.tar']],
    [['mnist-train.tfrecord-00000-of-00001', 'mnist-test.tfrecord-00000-of-00001']],
    [['imagenet-Train-0.tar', 'imagenet-EVAL-0.tar']],
    [['test-set/training.tar', 'train-set/testing.tar']],
  ])('are found by the word in the name, or in the nearest folder: %s', (names) => {
    const { train, tests, notes } = parts(names);
    expect([train, tests, notes]).toEqual([[names[0]], [[names[1]]], []]);
  });

  it('have validation as second choice for the test', () => {
    expect(parts(['train.tar', 'val.tar']).tests).toEqual([['val.tar']]);
    expect(parts(['train.tar', 'validation.tar', 'test.tar']).tests).toEqual([['test.tar'], ['validation.tar']]);
  });

  it('are all train if no name has a word of a part', () => {
    expect(parts(['0.tar', 'trains.tar', 'latest.tar'])).toEqual({
      train: ['0.tar', 'trains.tar', 'latest.tar'],
      tests: [],
      notes: [],
    });
  });

  it('leave out other shards with a note, and say if some are missing', () => {
    expect(parts(['train-00000-of-00002.tar', 'unsupervised-0.tar']).notes).toEqual([
      '1 shards belong to no part and are not used, such as unsupervised-0.tar',
      'only 1 of 2 shards train-…-of-00002.tar are here',
    ]);
  });

  it('can be chosen by patterns', () => {
    const names = ['a-000.tar', 'a-001.tar', 'a-010.tar', 'b/c.tar'];
    expect(parts(names, { train: ['a-{000..001}.tar'], test: ['b/*'] })).toEqual({
      train: ['a-000.tar', 'a-001.tar'],
      tests: [['b/c.tar']],
      notes: ['1 shards belong to no part and are not used, such as a-010.tar'],
    });
    expect(parts(names, { train: ['a-0?{0,1}.tar'] }).train).toEqual(['a-000.tar', 'a-001.tar', 'a-010.tar']);
    expect(parts(names, { train: ['**'] }).train).toEqual(names);
    expect(parts(['x.tar', 'val.tar'], { train: ['x.tar'] }).tests).toEqual([['val.tar']]);
    expect(parts(names, { test: ['b/c.tar'] }).train).toEqual(names.slice(0, 3));
  });

  it('are refused if a name has words of two parts, a pattern selects nothing, or nothing is train', () => {
    expect(failureOf(() => parts(['train-test.tar'])).message).toContain('which names train and test');
    expect(failureOf(() => parts(['a.tar'], { train: ['(*.tar'] })).message).toContain('match (*.tar; got none');
    expect(failureOf(() => parts(['test.tar'])).message).toContain('expected tar shards of the train part; got 1');
  });
});
