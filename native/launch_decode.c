/* Reads launch programs. Runs in the keeper, as its user, before any clone. The bytes come from a
   peer of the same user, but are checked as if they came from anyone. */
#include "launch_decode.h"

#include "protocol.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GROUPS 65536u

static int decode_operation (tc_reader *reader, tc_operation *operation, tc_error *error);
static void read_fields (tc_reader *reader, const char *fields, tc_operation *operation);
static char **read_list (tc_reader *reader);
static void read_groups (tc_reader *reader, tc_operation *operation);
static int check_values (const tc_operation *operation, tc_error *error);
static bool has_netlink_values (const tc_operation *operation);
static bool has_socket (const tc_operation *operation);
static int check_end (const tc_program *program, tc_error *error);
static bool is_end (tc_op code);
static int check_network (const tc_program *program, tc_error *error);
static bool needs_network (tc_op code);

static const char *const field_table[] = {
#define TC_OP_FIELDS(name, code, fields) [code] = fields,
  TC_OPS (TC_OP_FIELDS)
#undef TC_OP_FIELDS
};

int
tc_program_decode (tc_span bytes, tc_program *program, tc_error *error)
{
  tc_reader reader = tc_reader_of (bytes.data, bytes.size);
  uint32_t magic = tc_read_u32 (&reader);
  uint32_t version = tc_read_u32 (&reader);
  uint32_t count = tc_read_u32 (&reader);
  int result = 0;

  *program = (tc_program){ 0 };
  if (magic != TC_PROGRAM_MAGIC || version != TC_PROGRAM_VERSION)
    return tc_fail (error, EPROTO, "read program", "header");
  if (count == 0 || count > TC_MAX_OPERATIONS)
    return tc_fail (error, EINVAL, "read program", "count");
  program->operations = calloc (count, sizeof (tc_operation));
  if (program->operations == NULL)
    return tc_fail (error, ENOMEM, "read program", NULL);

  while (result == 0 && program->count < count)
    {
      error->index = (int) program->count;
      result = decode_operation (&reader, &program->operations[program->count], error);
      program->count++;
    }
  if (result == 0 && !tc_reader_is_done (&reader))
    result = tc_fail (error, EPROTO, "read program", "trailing bytes");
  if (result == 0)
    result = check_end (program, error);
  if (result == 0)
    result = check_network (program, error);
  if (result < 0)
    tc_program_free (program);
  return result;
}

static int
decode_operation (tc_reader *reader, tc_operation *operation, tc_error *error)
{
  uint16_t code = tc_read_u16 (reader);
  uint16_t flags = tc_read_u16 (reader);
  tc_span payload = tc_read_bytes (reader);
  tc_reader fields = tc_reader_of (payload.data, payload.size);

  if (reader->bad)
    return tc_fail (error, EPROTO, "read operation", "cut short");
  if (code == 0 || code > TC_LAST_OP)
    return tc_fail (error, ENOSYS, "read operation", "unknown code");
  if ((flags & ~(TC_OP_OPTIONAL | TC_OP_OF_NEW_NETWORK)) != 0)
    return tc_fail (error, EINVAL, "read operation", "unknown flags");

  operation->code = (tc_op) code;
  operation->optional = (flags & TC_OP_OPTIONAL) != 0;
  operation->is_of_new_network = (flags & TC_OP_OF_NEW_NETWORK) != 0;
  read_fields (&fields, field_table[code], operation);
  if (!tc_reader_is_done (&fields))
    return tc_fail (error, EPROTO, "read operation", "malformed fields");
  return check_values (operation, error);
}

static void
read_fields (tc_reader *reader, const char *fields, tc_operation *operation)
{
  size_t texts = 0, numbers = 0, lists = 0;

  for (; *fields != '\0'; fields++)
    switch (*fields)
      {
      case 's':
        operation->text[texts++] = tc_read_terminated (reader);
        break;
      case 'u':
        operation->number[numbers++] = tc_read_u32 (reader);
        break;
      case 'q':
        operation->number[numbers++] = tc_read_u64 (reader);
        break;
      case 'b':
        operation->bytes = tc_read_bytes (reader);
        break;
      case 'l':
        operation->list[lists++] = read_list (reader);
        break;
      default:
        read_groups (reader, operation);
        break;
      }
}

/* Returns NULL, with the reader bad, if the list is malformed. */
static char **
read_list (tc_reader *reader)
{
  uint32_t count = tc_read_u32 (reader);
  char **list;

  /* Every text takes at least 5 bytes, so the payload limits what is allocated. */
  if (reader->bad || count > reader->left / 5)
    {
      reader->bad = true;
      return NULL;
    }
  list = calloc ((size_t) count + 1, sizeof (char *));
  if (list == NULL)
    {
      reader->bad = true;
      return NULL;
    }
  /* execve(2) takes char *const[] for historical reasons; nothing writes through these. */
  for (uint32_t index = 0; index < count; index++)
    list[index] = (char *) (uintptr_t) tc_read_terminated (reader);
  return list;
}

static void
read_groups (tc_reader *reader, tc_operation *operation)
{
  uint32_t count = tc_read_u32 (reader);

  if (reader->bad || count > MAX_GROUPS || count > reader->left / sizeof (uint32_t))
    {
      reader->bad = true;
      return;
    }
  operation->groups = calloc ((size_t) count + 1, sizeof (gid_t));
  if (operation->groups == NULL)
    {
      reader->bad = true;
      return;
    }
  operation->group_count = count;
  for (uint32_t index = 0; index < count; index++)
    operation->groups[index] = tc_read_u32 (reader);
}

static size_t
length_of (char **list)
{
  size_t length = 0;

  while (list[length] != NULL)
    length++;
  return length;
}

static bool
has_slot (tc_op code)
{
  return code == TC_OP_OPEN_TREE || code == TC_OP_OPEN_TREE_BENEATH || code == TC_OP_MOVE_TREE
         || code == TC_OP_PLACE_TREE || code == TC_OP_MAP_TREE || code == TC_OP_OPEN_TREE_OF
         || code == TC_OP_MAKE_USER_NAMESPACE || code == TC_OP_OWNING_USER_NAMESPACE
         || code == TC_OP_MAP_TREE_BY
         || code == TC_OP_ENTER_USER_NAMESPACE;
}

static int
check_values (const tc_operation *operation, tc_error *error)
{
  if (has_slot (operation->code) && operation->number[0] >= TC_SLOTS)
    return tc_fail (error, EINVAL, "read operation", "slot out of range");
  if (operation->code == TC_OP_MAP_TREE_BY && operation->number[2] >= TC_SLOTS)
    return tc_fail (error, EINVAL, "read operation", "slot out of range");
  if (operation->code == TC_OP_SECCOMP
      && (operation->bytes.size == 0 || operation->bytes.size % sizeof (struct sock_filter) != 0
          || operation->bytes.size / sizeof (struct sock_filter) > BPF_MAXINSNS))
    return tc_fail (error, EINVAL, "read operation", "filter size");
  if (operation->code == TC_OP_EXEC
      && (operation->list[0][0] == NULL || operation->list[1][0] == NULL))
    return tc_fail (error, EINVAL, "read operation", "nothing to execute");
  if (operation->code == TC_OP_MOUNT_OVERLAY
      && (operation->list[0][0] == NULL
          || length_of (operation->list[1]) != length_of (operation->list[2])))
    return tc_fail (error, EINVAL, "read operation", "layers or options");
  if (operation->code == TC_OP_NETLINK && !has_netlink_values (operation))
    return tc_fail (error, EINVAL, "read operation", "netlink messages");
  if (operation->code == TC_OP_HOLD_SOCKET && !has_socket (operation))
    return tc_fail (error, EINVAL, "read operation", "socket");
  return 0;
}

/* Each interface has a place within the messages for its index. */
static bool
has_netlink_values (const tc_operation *operation)
{
  if (length_of (operation->list[0]) != operation->group_count)
    return false;
  for (size_t index = 0; index < operation->group_count; index++)
    if (operation->bytes.size < sizeof (uint32_t)
        || operation->groups[index] > operation->bytes.size - sizeof (uint32_t))
      return false;
  return true;
}

/* It is bound in the network that the child is in by then, and a report has room for its name. */
static bool
has_socket (const tc_operation *operation)
{
  tc_hold_request request;

  return tc_read_hold_request (operation->bytes, &request) == 0 && request.netns.size == 0
         && request.name.size < sizeof ((tc_report){ 0 }.path);
}

/* What executes a program or ends is the last operation, and no other is. */
static int
check_end (const tc_program *program, tc_error *error)
{
  for (size_t index = 0; index < program->count; index++)
    if (is_end (program->operations[index].code) != (index == program->count - 1))
      {
        error->index = (int) index;
        return tc_fail (error, EINVAL, "read program", "exec is not the last operation");
      }
  return 0;
}

static bool
is_end (tc_op code)
{
  return code == TC_OP_EXEC || code == TC_OP_END;
}

/* One network at most, which comes before what is made in it. */
static int
check_network (const tc_program *program, tc_error *error)
{
  size_t networks = 0, sockets = 0;

  for (size_t index = 0; index < program->count; index++)
    {
      const tc_operation *operation = &program->operations[index];

      networks += operation->code == TC_OP_MAKE_NETWORK;
      sockets += operation->code == TC_OP_HOLD_SOCKET;
      error->index = (int) index;
      if (networks > 1 || sockets > TC_MAX_HELD_SOCKETS
          || (networks == 0 && (operation->is_of_new_network || needs_network (operation->code))))
        return tc_fail (error, EINVAL, "read program", "network");
    }
  return 0;
}

static bool
needs_network (tc_op code)
{
  return code == TC_OP_NETLINK || code == TC_OP_WRITE_OUTSIDE || code == TC_OP_HOLD_SOCKET;
}

void
tc_program_free (tc_program *program)
{
  for (size_t index = 0; index < program->count; index++)
    {
      for (size_t list = 0; list < 3; list++)
        free (program->operations[index].list[list]);
      free (program->operations[index].groups);
    }
  free (program->operations);
  *program = (tc_program){ 0 };
}
