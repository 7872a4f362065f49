import { afterEach, expect, it } from 'vitest';
import { hearNotices, notice } from '#core/notices';

afterEach(() => hearNotices(undefined));

it('a notice is delivered once, however often it is given', () => {
  const heard: string[] = [];
  hearNotices((message) => heard.push(message));
  for (const message of ['a', 'b', 'a']) notice(message);
  expect(heard).toEqual(['a', 'b']);
});

it('a notice without a listener is not delivered later', () => {
  const heard: string[] = [];
  notice('a');
  hearNotices((message) => heard.push(message));
  expect(heard).toEqual([]);
});
