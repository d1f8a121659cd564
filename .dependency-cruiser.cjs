// Which room may import from which. Arrows point only to what stands earlier in ROOMS, and a circle is a defect.

/** For each room, what else of the project it may import; its own files always. */
const ROOMS = {
  query: [],
  engine: ['^query/'],
  http: ['^query/'],
  'storage-node': ['^query/', '^engine/', '^http/'],
  'compute-tier': ['^query/', '^engine/', '^http/', '^storage-node/client\\.ts$'],
  datasets: ['^engine/write/'],
  bench: ['^query/', '^engine/', '^storage-node/', '^compute-tier/', '^datasets/', '^workloads/'],
  cli: ['^query/', '^engine/', '^http/', '^storage-node/', '^compute-tier/', '^datasets/', '^bench/', '^workloads/'],
};

const PROJECT = `^(${[...Object.keys(ROOMS), 'workloads', 'reports', 'examples', 'scripts', 'test'].join('|')})/`;
const PRODUCTION = `^(${Object.keys(ROOMS).join('|')})/`;

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room}/ may import ${allowed.length ? allowed.join(', ') : 'nothing else of the project'}.`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: PROJECT, pathNot: [`^${room}/`, ...allowed] },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'workloads-are-data',
      comment: 'An experiment is a declaration; code belongs in bench/.',
      severity: 'error',
      from: { path: '^workloads/' },
      to: {},
    },
    {
      name: 'no-circles',
      comment: 'Files that need each other are one concept, or a third one is missing. Type imports count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circles-between-folders',
      // Our http/ has the name of Node's module, which the tool takes for the same folder.
      comment: 'Folders are stages of a query: what comes later imports what came before.',
      severity: 'error',
      scope: 'folder',
      from: { pathNot: '^http$' },
      to: { circular: true },
    },
    {
      name: 'nodes-start-without-duckdb',
      comment: 'A Raspberry Pi has better uses for 60 MB: neither the engine nor the storage node may reach DuckDB.',
      severity: 'error',
      from: { path: '^(engine|storage-node)/' },
      to: { path: '(^|/)@duckdb/', reachable: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-dependencies',
      comment: 'What runs after `npm ci --omit=dev` must not need a devDependency, nor a package nobody listed.',
      severity: 'error',
      from: { path: PRODUCTION },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(engine|bench)/kernels/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
