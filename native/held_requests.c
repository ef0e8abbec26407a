#include "held_requests.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>

static bool is_lent (const tc_held *held);
static void lend_batch (const tc_request *request, const tc_held *const held[], size_t count,
                        bool is_last);

int
tc_handle_hold (tc_held_list *list, const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_hold_request wanted;
  int result = tc_read_hold_request (request->payload, &wanted);

  if (result == 0)
    result = tc_held_add (list, &wanted, error);
  if (result < 0)
    return result;
  tc_put_u16 (&payload, (uint16_t) result);
  tc_client_reply (request->client, request->id, &payload);
  return 0;
}

int
tc_handle_keep (tc_held_list *list, const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };
  tc_keep_request wanted;
  int result = tc_read_keep_request (request->payload, &wanted);

  if (result == 0)
    result = tc_held_keep (list, &wanted, error);
  if (result < 0)
    return result;
  tc_client_reply (request->client, request->id, &empty);
  return 0;
}

/* The descriptor is taken first: one that stays behind would go to the next request. */
int
tc_handle_entrust (tc_held_list *list, const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };
  tc_auto_fd fd = -1;
  tc_entrust_request wanted;
  int result = tc_client_take (request->client, &fd, 1);

  if (result < 0)
    return tc_fail (error, -result, "entrust", "no descriptor came");
  result = tc_read_entrust_request (request->payload, &wanted);
  if (result == 0)
    result = tc_held_entrust (list, &wanted, &fd, error);
  if (result < 0)
    return result;
  tc_client_reply (request->client, request->id, &empty);
  return 0;
}

int
tc_handle_release (tc_held_list *list, const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  tc_put_u32 (&payload, tc_held_release (list, prefix));
  tc_client_reply (request->client, request->id, &payload);
  return 0;
}

int
tc_handle_lend (const tc_held_list *list, const tc_request *request, tc_error *error)
{
  const tc_held *batch[TC_MAX_DESCRIPTORS];
  size_t count = 0;
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  for (const tc_held *held = list->first; held != NULL; held = held->next)
    {
      if (!is_lent (held) || !tc_held_matches (held, prefix))
        continue;
      if (count == TC_MAX_DESCRIPTORS)
        {
          lend_batch (request, batch, count, false);
          count = 0;
        }
      batch[count++] = held;
    }
  lend_batch (request, batch, count, true);
  return 0;
}

static bool
is_lent (const tc_held *held)
{
  return held->kind == TC_HELD_SOCKET || held->kind == TC_HELD_ENTRUSTED;
}

static void
lend_batch (const tc_request *request, const tc_held *const held[], size_t count, bool is_last)
{
  const tc_header header = { .id = request->id, .flags = is_last ? 0 : TC_REPLY_MORE };
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer names = { 0 };
  int fds[TC_MAX_DESCRIPTORS];
  size_t copied = 0;

  for (size_t index = 0; index < count; index++)
    {
      int fd = fcntl (held[index]->fd, F_DUPFD_CLOEXEC, 3);

      if (fd < 0)
        continue;
      fds[copied++] = fd;
      tc_put_text (&names, held[index]->name);
    }
  tc_put_u32 (&payload, (uint32_t) copied);
  tc_put_raw (&payload, names.data, names.size);
  tc_client_reply_with (request->client, &header, &payload, fds, copied);
}

int
tc_handle_held (const tc_held_list *list, const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer rows = { 0 };
  uint32_t count = 0;
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  for (const tc_held *held = list->first; held != NULL; held = held->next)
    if (tc_held_matches (held, prefix))
      {
        tc_put_text (&rows, held->name);
        tc_put_u16 (&rows, held->port);
        count++;
      }
  tc_put_u32 (&payload, count);
  tc_put_raw (&payload, rows.data, rows.size);
  tc_client_reply (request->client, request->id, &payload);
  return 0;
}
