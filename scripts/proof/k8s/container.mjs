// @ts-check
/**
 * The image's content run as a pod runs it, with the arguments and files of the manifests: a search on the quickstart's
 * set, undisturbed and interrupted, which must end with the same files.
 */
import { chownSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cacheFolder } from '#core/files/cache';
import { builtSetFolder } from '#data/sets/built-set';
import { planKubernetes } from '#tasks/cluster/kubernetes/project';
import { readSearchConfig } from '#tasks/search/config/config';
import { fingerprints } from '../resume/fingerprints.mjs';
import { plain } from './cases.mjs';
import { buildImage } from './image.mjs';
import { runPod, sandbox, user } from './sandbox.mjs';

const graceSeconds = 120;
const short = [
  ...['search.logEvery=7', 'search.checkpointEvery=10', 'search.batch=32', 'search.validationBatch=64'],
  ...['search.statisticsBatches=2', 'coarse.steps=40', 'fine.steps=40', 'fine.compareRandom=2'],
];

/**
 * Returns what is wrong.
 *
 * @param {string} folder  for roots and volumes @param {string} image  the folder to build the image in, unless it exists
 */
export async function checkContainer(folder, image = join(folder, 'image')) {
  if (!existsSync(image)) buildImage(image);
  console.log('container: built the content of the image by container/build.sh');
  const config = readSearchConfig('configs/quickstart.yaml');
  const project = planKubernetes(config, { ...plain, settings: short });
  const pod = podOf(project, folder);
  const set = builtSetFolder('configs/recipes/quickstart.dataset.yaml');
  const library = dirname(realpathSync(join(image, 'native/deps/lib')));
  const enter = (/** @type {string} */ name) => {
    const data = volume(join(folder, name, 'data'));
    const at = { '/opt/mnv4-nas': image, '/etc/mnv4-nas': pod.files, [set.replace(cacheFolder(), '/data/cache')]: set };
    mkdirSync(join(data, 'cache', 'sets'), { recursive: true });
    for (const path of ['cache', 'cache/sets']) chownSync(join(data, path), user, user);
    const script = sandbox(join(folder, name), { readOnly: [library], at, data });
    return {
      data,
      run: (/** @type {readonly string[]} */ command, /** @type {object} */ given = {}) =>
        runPod(script, command, { env: pod.env, graceSeconds, ...given }),
    };
  };
  return await checks(enter, pod.command, project.searches[0]?.id ?? '');
}

/** @param {(name: string) => { data: string, run: Function }} enter @param {readonly string[]} search @param {string} id */
async function checks(enter, search, id) {
  /** @type {string[]} */
  const wrong = [];
  const expect = (
    /** @type {string} */ what,
    /** @type {boolean} */ isRight,
    /** @type {any} */ { status, ms, output },
  ) => {
    console.log(`container: ${what}: exit ${status} in ${(ms / 1000).toFixed(1)} s${isRight ? '' : ', WRONG'}`);
    if (!isRight) wrong.push(`${what}: exit ${status}\n${output}`);
  };
  const { run } = enter('plain');
  const doctor = await run([...entry, 'doctor']);
  expect('doctor, as another user, without a network', doctor.status === 0, doctor);
  const writes = ['/x', '/opt/mnv4-nas/x', '/etc/mnv4-nas/x', '/usr/bin/x', '/data/x', '/tmp/x', '/dev/shm/x'];
  const tried = await run([
    '/bin/sh',
    '-c',
    `for f in ${writes.join(' ')}; do (: >$f) 2>/dev/null && echo $f; done; true`,
  ]);
  const isWritten = tried.output.trim().split('\n').join(' ') === '/data/x /tmp/x /dev/shm/x';
  expect('only /data, /tmp and /dev/shm can be written', isWritten, tried);
  const announced = ['/bin/sh', '-c', 'echo ready; exec "$0" "$@"', entrypoint, 'doctor'];
  const early = await run([...tini, ...announced], { until: /ready/ });
  expect('SIGTERM before the program listens', [75, 143].includes(early.status ?? 0), early);
  const deaf = await run(announced, { until: /ready/ });
  console.log(`container: the same without tini, as process 1: exit ${deaf.status} (0: the signal was lost)`);
  const whole = enter('whole');
  const undisturbed = await whole.run(search);
  expect('an undisturbed search', undisturbed.status === 0, undisturbed);
  const cut = enter('cut');
  for (const [stage, until] of /** @type {const} */ ([
    ['coarse', /"stage":"coarse".*"step":1\d/],
    ['fine', /"stage":"fine".*"step":2\d/],
  ])) {
    const stopped = await cut.run(search, { until });
    expect(
      `SIGTERM in the ${stage} stage, within ${graceSeconds} s`,
      stopped.status === 75 && stopped.ms < 1000 * graceSeconds,
      stopped,
    );
  }
  const resumed = await cut.run(search);
  expect('the same pod again', resumed.status === 0, resumed);
  const [a, b] = [whole, cut].map(({ data }) => (resumed.status === 0 ? fingerprints(join(data, 'runs'), id) : {}));
  const isSame = resumed.status === 0 && isDeepStrictEqual(a, b);
  console.log(`container: ${Object.keys(a ?? {}).length} files of both: ${isSame ? 'the same' : 'DIFFERENT'}`);
  return isSame ? wrong : [...wrong, 'the interrupted search ends differently'];
}

const entrypoint = '/opt/mnv4-nas/container/entrypoint.sh';
const tini = ['/usr/bin/tini', '--'];
const entry = [...tini, entrypoint];

/**
 * The command, environment and files of the project's first search, as a kubelet makes them from its manifests.
 *
 * @param {import('#tasks/cluster/kubernetes/project').KubernetesProject} project @param {string} folder
 */
function podOf({ manifests }, folder) {
  const [job] = /** @type {any[]} */ (manifests.get('30-search.yaml'));
  const [map] = /** @type {any[]} */ (manifests.get('10-files.yaml'));
  const {
    containers: [container],
    volumes,
  } = job.spec.template.spec;
  const { items } = volumes.find((/** @type {any} */ { name }) => name === 'config').configMap;
  const files = join(folder, 'config');
  for (const { key, path } of items) {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), map.data[key]);
  }
  const env = { MNV4_CACHE: container.env[0].value, JOB_COMPLETION_INDEX: '0', JOB_NAME: job.metadata.name };
  return { files, env, command: [...entry, ...container.args] };
}

/** A volume that the pod's user owns. @param {string} path */
function volume(path) {
  mkdirSync(path, { recursive: true });
  chownSync(path, user, user);
  return path;
}
