import { startPracticeCluster } from "../helpers/practice-cluster.ts";
import { testSharedCluster } from "../helpers/shared-cluster.ts";

testSharedCluster(() => startPracticeCluster({ nodes: 2, speed: 4 }), { shortly: true });
