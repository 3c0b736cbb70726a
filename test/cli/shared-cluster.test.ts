import { startPracticeCluster } from "../helpers/practice-cluster.ts";
import { testSharedCluster } from "../helpers/shared-cluster.ts";

testSharedCluster(() => startPracticeCluster({ nodes: 4, speed: 10 }));
