#include "closing.h"

#include "rtnetlink.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

static int add_folder (tc_closing *closing, tc_span path);

int
tc_handle_close (tc_closing *closing, const tc_request *request, tc_error *error)
{
  tc_close_request wanted;
  int result = tc_read_close_request (request->payload, &wanted);

  for (uint32_t index = 0; result == 0 && index < wanted.folder_count; index++)
    result = add_folder (closing, tc_read_text (&wanted.folders));
  if (result < 0)
    return tc_fail (error, -result, "read request", NULL);
  tc_put_raw (&closing->messages, wanted.messages.data, wanted.messages.size);
  if (closing->messages.failed)
    return tc_fail (error, ENOMEM, "read request", NULL);
  closing->client = request->client;
  closing->request_id = request->id;
  closing->is_asked = true;
  return 0;
}

static int
add_folder (tc_closing *closing, tc_span path)
{
  char *copied = tc_span_copy (path);
  char **grown
      = copied == NULL
            ? NULL
            : reallocarray (closing->folders, closing->folder_count + 1, sizeof (*closing->folders));

  if (grown == NULL)
    {
      free (copied);
      return -ENOMEM;
    }
  closing->folders = grown;
  closing->folders[closing->folder_count++] = copied;
  return 0;
}

void
tc_closing_forget_client (tc_closing *closing, const tc_client *client)
{
  if (closing->client == client)
    closing->client = NULL;
}

void
tc_closing_confirm (const tc_closing *closing)
{
  const tc_header header = { .id = closing->request_id, .flags = TC_REPLY_MORE };
  tc_auto_buffer empty = { 0 };

  if (closing->client != NULL)
    tc_client_reply_with (closing->client, &header, &empty, NULL, 0);
}

void
tc_closing_send (tc_closing *closing)
{
  const tc_span messages = { closing->messages.data, (uint32_t) closing->messages.size };
  tc_auto_buffer answers = { 0 };
  tc_error error = TC_NO_ERROR;
  int result = messages.size == 0 ? 0 : tc_rtnetlink_send (messages, &answers, &error);

  tc_buffer_free (&closing->messages);
  if (closing->client == NULL)
    return;
  if (result < 0)
    tc_client_reply_failure (closing->client, closing->request_id, &error);
  else
    tc_client_reply (closing->client, closing->request_id, &answers);
}

void
tc_closing_remove_folders (tc_closing *closing)
{
  while (closing->folder_count > 0)
    {
      char *path = closing->folders[--closing->folder_count];

      tc_tree_remove (path);
      free (path);
    }
  free (closing->folders);
  closing->folders = NULL;
}
