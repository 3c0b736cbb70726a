import type { Family } from "./exposition.ts";

/** What a program written in Go tells of itself. Times in ms. */
export interface GoProcess {
  /** `go1.26.4` */
  version: string;
  now: number;
  startedAt: number;
  cpuSeconds: number;
  memoryBytes: number;
  goroutines: number;
  /** GOMAXPROCS. */
  threads: number;
  /** Bytes over the network. */
  received: number;
  sent: number;
}

type Figure = (facts: GoProcess) => number;

/** Bytes of a heap object, on average. */
const OBJECT = 110;
/** What the collector leaves alone for so long is collected anyway, ms. */
const FORCED_COLLECTION = 120_000;

const share =
  (part: number): Figure =>
  ({ memoryBytes }) =>
    Math.floor((memoryBytes * part) / 8192) * 8192;
/** A heap grows until it is collected, and again. */
const heap: Figure = (facts) => Math.floor(share(0.2)(facts) * (1 + cycle(facts)));
const allocated: Figure = (facts) =>
  Math.floor(share(0.2)(facts) * (1 + (facts.now - facts.startedAt) / FORCED_COLLECTION) + facts.cpuSeconds * 2_000_000);
const objects: Figure = (facts) => Math.floor(heap(facts) / OBJECT);
const stacks: Figure = ({ goroutines }) => 32_768 * (8 + goroutines);
const cycle: Figure = ({ now, startedAt }) => ((now - startedAt) % FORCED_COLLECTION) / FORCED_COLLECTION;
const collections: Figure = ({ now, startedAt }) => Math.floor((now - startedAt) / FORCED_COLLECTION);
const lastCollection: Figure = (facts) =>
  collections(facts) === 0 ? 0 : (facts.startedAt + collections(facts) * FORCED_COLLECTION) / 1000;

const FIGURES: readonly (readonly [name: string, type: Family["type"], help: string, figure: Figure])[] = [
  [
    "go_gc_gogc_percent",
    "gauge",
    "Heap size target percentage configured by the user, otherwise 100. This value is set by the GOGC environment variable, and the runtime/debug.SetGCPercent function. Sourced from /gc/gogc:percent.",
    () => 100,
  ],
  [
    "go_gc_gomemlimit_bytes",
    "gauge",
    "Go runtime memory limit configured by the user, otherwise math.MaxInt64. This value is set by the GOMEMLIMIT environment variable, and the runtime/debug.SetMemoryLimit function. Sourced from /gc/gomemlimit:bytes.",
    () => 2 ** 63,
  ],
  ["go_goroutines", "gauge", "Number of goroutines that currently exist.", ({ goroutines }) => goroutines],
  [
    "go_memstats_alloc_bytes",
    "gauge",
    "Number of bytes allocated in heap and currently in use. Equals to /memory/classes/heap/objects:bytes.",
    heap,
  ],
  [
    "go_memstats_alloc_bytes_total",
    "counter",
    "Total number of bytes allocated in heap until now, even if released already. Equals to /gc/heap/allocs:bytes.",
    allocated,
  ],
  [
    "go_memstats_buck_hash_sys_bytes",
    "gauge",
    "Number of bytes used by the profiling bucket hash table. Equals to /memory/classes/profiling/buckets:bytes.",
    () => 1_445_939,
  ],
  [
    "go_memstats_frees_total",
    "counter",
    "Total number of heap objects frees. Equals to /gc/heap/frees:objects + /gc/heap/tiny/allocs:objects.",
    (facts) => Math.floor(allocated(facts) / OBJECT) - objects(facts),
  ],
  [
    "go_memstats_gc_sys_bytes",
    "gauge",
    "Number of bytes used for garbage collection system metadata. Equals to /memory/classes/metadata/other:bytes.",
    share(0.11),
  ],
  [
    "go_memstats_heap_alloc_bytes",
    "gauge",
    "Number of heap bytes allocated and currently in use, same as go_memstats_alloc_bytes. Equals to /memory/classes/heap/objects:bytes.",
    heap,
  ],
  [
    "go_memstats_heap_idle_bytes",
    "gauge",
    "Number of heap bytes waiting to be used. Equals to /memory/classes/heap/released:bytes + /memory/classes/heap/free:bytes.",
    share(0.31),
  ],
  [
    "go_memstats_heap_inuse_bytes",
    "gauge",
    "Number of heap bytes that are in use. Equals to /memory/classes/heap/objects:bytes + /memory/classes/heap/unused:bytes",
    share(0.34),
  ],
  ["go_memstats_heap_objects", "gauge", "Number of currently allocated objects. Equals to /gc/heap/objects:objects.", objects],
  [
    "go_memstats_heap_released_bytes",
    "gauge",
    "Number of heap bytes released to OS. Equals to /memory/classes/heap/released:bytes.",
    share(0.25),
  ],
  [
    "go_memstats_heap_sys_bytes",
    "gauge",
    "Number of heap bytes obtained from system. Equals to /memory/classes/heap/objects:bytes + /memory/classes/heap/unused:bytes + /memory/classes/heap/released:bytes + /memory/classes/heap/free:bytes.",
    (facts) => share(0.31)(facts) + share(0.34)(facts),
  ],
  ["go_memstats_last_gc_time_seconds", "gauge", "Number of seconds since 1970 of last garbage collection.", lastCollection],
  [
    "go_memstats_mallocs_total",
    "counter",
    "Total number of heap objects allocated, both live and gc-ed. Semantically a counter version for go_memstats_heap_objects gauge. Equals to /gc/heap/allocs:objects + /gc/heap/tiny/allocs:objects.",
    (facts) => Math.floor(allocated(facts) / OBJECT),
  ],
  [
    "go_memstats_mcache_inuse_bytes",
    "gauge",
    "Number of bytes in use by mcache structures. Equals to /memory/classes/metadata/mcache/inuse:bytes.",
    () => 4832,
  ],
  [
    "go_memstats_mcache_sys_bytes",
    "gauge",
    "Number of bytes used for mcache structures obtained from system. Equals to /memory/classes/metadata/mcache/inuse:bytes + /memory/classes/metadata/mcache/free:bytes.",
    () => 15_704,
  ],
  [
    "go_memstats_mspan_inuse_bytes",
    "gauge",
    "Number of bytes in use by mspan structures. Equals to /memory/classes/metadata/mspan/inuse:bytes.",
    share(0.006),
  ],
  [
    "go_memstats_mspan_sys_bytes",
    "gauge",
    "Number of bytes used for mspan structures obtained from system. Equals to /memory/classes/metadata/mspan/inuse:bytes + /memory/classes/metadata/mspan/free:bytes.",
    share(0.008),
  ],
  [
    "go_memstats_next_gc_bytes",
    "gauge",
    "Number of heap bytes when next garbage collection will take place. Equals to /gc/heap/goal:bytes.",
    (facts) => Math.max(4_194_304, 2 * heap(facts)),
  ],
  [
    "go_memstats_other_sys_bytes",
    "gauge",
    "Number of bytes used for other system allocations. Equals to /memory/classes/other:bytes.",
    () => 598_973,
  ],
  [
    "go_memstats_stack_inuse_bytes",
    "gauge",
    "Number of bytes obtained from system for stack allocator in non-CGO environments. Equals to /memory/classes/heap/stacks:bytes.",
    stacks,
  ],
  [
    "go_memstats_stack_sys_bytes",
    "gauge",
    "Number of bytes obtained from system for stack allocator. Equals to /memory/classes/heap/stacks:bytes + /memory/classes/os-stacks:bytes.",
    stacks,
  ],
  ["go_memstats_sys_bytes", "gauge", "Number of bytes obtained from system. Equals to /memory/classes/total:byte.", share(0.86)],
  [
    "go_sched_gomaxprocs_threads",
    "gauge",
    "The current runtime.GOMAXPROCS setting, or the number of operating system threads that can execute user-level Go code simultaneously. Sourced from /sched/gomaxprocs:threads.",
    ({ threads }) => threads,
  ],
  ["go_threads", "gauge", "Number of OS threads created.", ({ threads }) => threads + 5],
  [
    "process_cpu_seconds_total",
    "counter",
    "Total user and system CPU time spent in seconds.",
    ({ cpuSeconds }) => Math.round(cpuSeconds * 100) / 100,
  ],
  ["process_max_fds", "gauge", "Maximum number of open file descriptors.", () => 1_048_576],
  [
    "process_network_receive_bytes_total",
    "counter",
    "Number of bytes received by the process over the network.",
    ({ received }) => received,
  ],
  [
    "process_network_transmit_bytes_total",
    "counter",
    "Number of bytes sent by the process over the network.",
    ({ sent }) => sent,
  ],
  ["process_open_fds", "gauge", "Number of open file descriptors.", ({ goroutines }) => 7 + Math.floor(goroutines / 4)],
  ["process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", ({ memoryBytes }) => memoryBytes],
  [
    "process_start_time_seconds",
    "gauge",
    "Start time of the process since unix epoch in seconds.",
    ({ startedAt }) => Math.round(startedAt / 10) / 100,
  ],
  [
    "process_virtual_memory_bytes",
    "gauge",
    "Virtual memory size in bytes.",
    ({ memoryBytes }) => 1_230_000_000 + Math.floor(memoryBytes / 4096) * 4096,
  ],
  ["process_virtual_memory_max_bytes", "gauge", "Maximum amount of virtual memory available in bytes.", () => 2 ** 64],
];

/** Pauses of a collection, by quantile, seconds. */
const PAUSES: readonly (readonly [quantile: string, seconds: number])[] = [
  ["0", 0.00002],
  ["0.25", 0.00004],
  ["0.5", 0.00006],
  ["0.75", 0.00009],
  ["1", 0.0003],
];

/** The collectors `go` and `process` of client_golang. */
export const goProcessFamilies = (facts: GoProcess): Family[] => [
  {
    name: "go_info",
    type: "gauge",
    help: "Information about the Go environment.",
    samples: [{ labels: { version: facts.version }, value: 1 }],
  },
  {
    name: "go_gc_duration_seconds",
    type: "summary",
    help: "A summary of the wall-time pause (stop-the-world) duration in garbage collection cycles.",
    samples: [
      ...PAUSES.map(([quantile, pause]) => ({
        labels: { quantile },
        value: collections(facts) > 0 ? pause : 0,
      })),
      { suffix: "_sum", value: collections(facts) * 0.00007 },
      { suffix: "_count", value: collections(facts) },
    ],
  },
  ...FIGURES.map(([name, type, help, figure]): Family => ({ name, type, help, samples: [{ value: figure(facts) }] })),
];
