/* Runs a command in a process of its own. */
#ifndef TC_FRONT_COLD_H
#define TC_FRONT_COLD_H

/* Becomes a Node that runs the package at `root`, an absolute path, with `arguments`, a list that NULL ends. Returns the
   exit code if there is nothing to run, with the reason on standard error. */
int tc_run_cold (const char *root, char *const arguments[]);

#endif
