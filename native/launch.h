/* Launch programs: what the keeper's child does between clone and exec.

   The table matches src/runtime/launch/launch-op.ts and launch-program.ts, which
   test/native/protocol.test.ts compares with it: append only. Fields, in the order of the payload: s = text that
   ends in NUL, u = u32, q = u64, b = bytes, l = list of s, g = list of u32. */
#ifndef TC_LAUNCH_H
#define TC_LAUNCH_H

#include "error.h"
#include "run_init.h"
#include "wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TC_PROGRAM_MAGIC 0x4d504354u
#define TC_PROGRAM_VERSION 1u
#define TC_OP_OPTIONAL 1u
#define TC_OP_OF_NEW_NETWORK 2u
#define TC_MAX_OPERATIONS 4096u
#define TC_SLOTS 256u
#define TC_MAX_HELD_FILES 256u
#define TC_MAX_HELD_SOCKETS 4u
/* The descriptor of the network namespace of a child that makes or joins one of its own. */
#define TC_NETWORK_FD 5

#define TC_OPS(X)                                                                                  \
  X (JOIN_NAMESPACE, 1, "su")                                                                      \
  X (JOIN_TARGET, 2, "u")                                                                          \
  X (ENTER_CGROUP, 3, "s")                                                                         \
  X (UNSHARE, 4, "u")                                                                              \
  X (MOUNT, 5, "sssus")                                                                            \
  X (OPEN_TREE, 6, "usuqu")                                                                        \
  X (MOVE_TREE, 7, "us")                                                                           \
  X (MAKE_TARGET, 8, "suu")                                                                        \
  X (MKDIR, 9, "su")                                                                               \
  X (MKNOD, 10, "suuu")                                                                            \
  X (SYMLINK, 11, "ss")                                                                            \
  X (CHOWN, 12, "suu")                                                                             \
  X (WRITE_FILE, 13, "sbuu")                                                                       \
  X (PIVOT_ROOT, 14, "s")                                                                          \
  X (MASK_PATH, 15, "s")                                                                           \
  X (READ_ONLY_PATH, 16, "s")                                                                      \
  X (SET_MOUNT_ATTRIBUTES, 17, "sq")                                                               \
  X (SET_HOSTNAME, 18, "s")                                                                        \
  X (SET_DOMAINNAME, 19, "s")                                                                      \
  X (SET_RLIMIT, 20, "uqq")                                                                        \
  X (CHDIR, 21, "s")                                                                               \
  X (UMASK, 22, "u")                                                                               \
  X (SET_GROUPS, 23, "g")                                                                          \
  X (SET_GID, 24, "u")                                                                             \
  X (SET_UID, 25, "u")                                                                             \
  X (KEEP_CAPABILITIES, 26, "")                                                                    \
  X (LIMIT_BOUNDING_SET, 27, "q")                                                                  \
  X (SET_CAPABILITIES, 28, "qqqq")                                                                 \
  X (NO_NEW_PRIVILEGES, 29, "")                                                                    \
  X (SECCOMP, 30, "b")                                                                             \
  X (PARENT_DEATH_SIGNAL, 31, "u")                                                                 \
  X (NEW_SESSION, 32, "")                                                                          \
  X (OPEN_TERMINAL, 33, "suuu")                                                                    \
  X (RUN_INIT, 34, "")                                                                             \
  X (EXEC, 35, "lll")                                                                              \
  X (OPEN_TREE_BENEATH, 36, "ussuqu")                                                              \
  X (PLACE_TREE, 37, "us")                                                                         \
  X (MOUNT_OVERLAY, 38, "slll")                                                                    \
  X (WRITE_HELD, 39, "ssu")                                                                        \
  X (PLACE_LINK, 40, "ss")                                                                         \
  X (PLACE_FILE, 41, "sbu")                                                                        \
  X (JOIN_PROCESS, 42, "su")                                                                       \
  X (OPEN_TREE_OF, 43, "ussu")                                                                     \
  X (MAKE_TERMINAL, 44, "suuu")                                                                    \
  X (TAKE_TERMINAL, 45, "")                                                                         \
  X (MAP_TREE, 46, "uuss")                                                                         \
  X (MAKE_USER_NAMESPACE, 47, "uss")                                                               \
  X (MAP_TREE_BY, 48, "uuu")                                                                       \
  X (ENTER_USER_NAMESPACE, 49, "u")                                                                \
  X (SET_FILE_OWNER, 50, "uu")                                                                     \
  X (MAKE_NETWORK, 51, "ss")                                                                       \
  X (NETLINK, 52, "uuublg")                                                                        \
  X (WRITE_OUTSIDE, 53, "sb")                                                                      \
  X (HOLD_SOCKET, 54, "b")                                                                         \
  X (END, 55, "")                                                                                  \
  X (MAKE_CGROUP, 56, "s")                                                                         \
  X (WRITE_EACH, 57, "sl")                                                                         \
  X (OWNING_USER_NAMESPACE, 58, "uss")                                                             \
  X (NETWORK_OWNER, 59, "ss")

typedef enum
{
#define TC_OP_VALUE(name, code, fields) TC_OP_##name = code,
  TC_OPS (TC_OP_VALUE)
#undef TC_OP_VALUE
} tc_op;

#define TC_LAST_OP 59u
_Static_assert (TC_OP_NETWORK_OWNER == TC_LAST_OP, "append operations and raise TC_LAST_OP");

/* A checked operation. Each array holds the fields of its type in the order of the payload. */
typedef struct
{
  tc_op code;
  bool optional;
  bool is_of_new_network; /* left out where the network is there already */
  const char *text[4];
  uint64_t number[4];
  tc_span bytes;
  char **list[3]; /* each ends in NULL */
  gid_t *groups;
  size_t group_count;
  size_t held; /* of WRITE_HELD: which of the held files that the program copies */
} tc_operation;

/* A checked program. Its texts point into the bytes that it was read from. */
typedef struct
{
  tc_operation *operations;
  size_t count;
} tc_program;

/* What a child has besides its program. */
typedef struct
{
  int report_fd; /* SOCK_SEQPACKET, close-on-exec: end-of-file means that exec succeeded */
  int target_fd; /* pidfd of the container to join, or -1 */
  bool is_unborn; /* the PID namespace of that container is still to be entered */
  bool is_filtered; /* what it has open is close-on-exec, and a filter may forbid to see to that again */
  bool has_host_null; /* its root has changed, and standard streams may still be the host's null device */
  mode_t umask;  /* of the program to execute; operations run with 0 */
  tc_init init;
  int slots[TC_SLOTS];
  int first_held; /* descriptor of the first file that the program copies; the others follow */
  size_t held_count;
  bool has_old_network; /* the keeper held its network before this launch */
  int network_fd;       /* that network, or the one that the child has made, or -1 */
  /* Maps of the user namespace that a network belongs to which is made, or NULL for that of the keeper. */
  const char *owner_maps[2];
  int outside_fd;       /* rtnetlink socket of the keeper's network, or -1 */
  int settings_fd;      /* O_PATH folder of the IPv6 settings there, or -1 */
} tc_launch;

/* What the child reports to the keeper. Descriptors travel as SCM_RIGHTS on a report of their kind. */
typedef enum
{
  TC_REPORT_FAILED = 1,
  TC_REPORT_TERMINAL = 2,
  TC_REPORT_BORN = 3, /* the sender is the process from here on */
  TC_REPORT_NETWORK = 4, /* with the descriptor of the network namespace that was made */
  TC_REPORT_SOCKET = 5,  /* with a bound socket, which the keeper is to hold under the name in `path` */
} tc_report_kind;

typedef struct
{
  uint32_t kind;
  int32_t err;
  int32_t index;
  char what[32];
  char path[256];
} tc_report;

_Static_assert (sizeof (tc_report) == 300, "no padding crosses the socket");

#endif
