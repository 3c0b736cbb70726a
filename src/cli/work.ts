/**
 * What commands do, beyond what `list` needs. They import it all at once when they run: every file that is loaded costs a start
 * more than what is in it.
 */
export { currentStep, goTo, next, passOver, placement } from "../course/step-machine.ts";
export { findsOwnPrograms } from "../system/own-programs.ts";
export { renderFacts } from "../ui/facts.ts";
export { apply } from "./apply.ts";
export { runningCluster } from "./cluster-access.ts";
export { clusterVariables } from "./cluster-env.ts";
export { clusterStatus, deleteCluster, loadImages, stopCluster } from "./cluster-life.ts";
export { candidatesFor } from "./completion-candidates.ts";
export { completionScript } from "./completion-script.ts";
export { useCluster } from "./cluster-use.ts";
export { createCluster } from "./create-cluster.ts";
export { examineMachine } from "./examine-machine.ts";
export { goToStep } from "./go-to-step.ts";
export { learnerStatus } from "./learner-status.ts";
export { openShell } from "./open-shell.ts";
export { reset } from "./reset.ts";
export { setupTools } from "./setup-tools.ts";
export { showHint } from "./show-hint.ts";
export { showSolution } from "./show-solution.ts";
export { verify } from "./verify-step.ts";
