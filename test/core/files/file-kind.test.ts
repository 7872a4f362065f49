import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { binaryKind, fileKind } from '#core/files/file-kind';
import { onnxBytes } from '#data/files/onnx-file';
import { safetensorsParts } from '#data/files/safetensors';

/** The beginning and the member list of a zip archive with one empty member. */
function zip(member: string): Buffer {
  const name = Buffer.from(member);
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name, Buffer.alloc(2000), Buffer.from('PK\x01\x02', 'latin1'), Buffer.alloc(42), name]);
}

const bytes = (hex: string, length = 300) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(length)]);
const onnx = onnxBytes({
  irVersion: 8,
  opset: 17,
  producer: { name: 'p', version: '1' },
  documentation: '',
  graph: { name: 'g', nodes: [], initializers: new Map(), inputs: [], outputs: [] },
  metadata: {},
});
const tar = Buffer.alloc(512);
tar.write('ustar', 257);

describe('the kind of a file', () => {
  it.each([
    ['safetensors', Buffer.concat(safetensorsParts(new Map([['a', { shape: [1], values: Float32Array.of(1) }]])))],
    ['a PyTorch checkpoint', zip('archive/data.pkl')],
    ['a PyTorch checkpoint', bytes('80028a0a6cfc9c46f9206aa850192e')],
    ['a NumPy archive', zip('arr_0.npy')],
    ['a Keras model', zip('model.weights.h5')],
    ['a workbook of a spreadsheet', zip('xl/workbook.xml')],
    ['a zip archive', zip('readme.txt')],
    ['a pickle of Python', bytes('80049508')],
    ['a NumPy array', bytes('934e554d5059')],
    ['a Keras model', bytes('894844460d0a1a0a')],
    ['a TensorFlow Lite model', bytes('1c00000054464c33')],
    ['a TensorFlow checkpoint', Buffer.concat([Buffer.alloc(99), Buffer.from('57fb808b247547db', 'hex')])],
    ['a TensorFlow SavedModel', bytes('0801120a')],
    ['an ONNX model', Buffer.from(onnx)],
    ['a compressed file', gzipSync('a')],
    ['a GGUF model', bytes('47475546')],
    ['a tar archive', tar],
  ])('is %s', (kind, content) => {
    expect([fileKind(content), binaryKind(content)]).toEqual([kind, kind]);
  });

  it.each([
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
    ['a web page', '\n<!DOCTYPE html>\n<html></html>'],
    ['a web page', '<?xml version="1.0"?><Error></Error>'],
    ['JSON', '{ "weightsManifest": [] }'],
    ['a text', 'name: a network\n'],
  ])('is %s, which is a text', (kind, content) => {
    expect([fileKind(Buffer.from(content)), binaryKind(Buffer.from(content))]).toEqual([kind, undefined]);
  });

  it.each([Buffer.of(), Buffer.from('no'), Buffer.alloc(64), Buffer.of(1, 2, 3, 4, 5, 6, 7, 8, 9)])(
    'is not known of %j',
    (content) => {
      expect(fileKind(content)).toBeUndefined();
    },
  );
});
