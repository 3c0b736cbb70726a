#!/usr/bin/env node
// Runs the built command line; nothing here may use syntax that an old Node cannot read.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write("k8s-bootcamp needs Node.js 20.19 or newer; this is " + process.versions.node + ".\n");
  process.exitCode = 3;
} else {
  import("node:module")
    .then(function (modules) {
      // Node 22 and newer can keep compiled code between runs.
      if (modules.enableCompileCache) modules.enableCompileCache();
      return import("../dist/cli.js");
    })
    .then(start, function (error) {
      var unbuilt = error && error.code === "ERR_MODULE_NOT_FOUND";
      process.stderr.write(
        unbuilt ? "k8s-bootcamp is not built yet. Type: npm run build\n" : String((error && error.stack) || error) + "\n",
      );
      process.exitCode = 70;
    });
}

function start(cli) {
  return cli.run().then(function (code) {
    process.exitCode = code;
    // What a Ctrl-C left undone must not keep the process alive.
    if (code === 130) process.exit();
  });
}
