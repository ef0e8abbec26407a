#include "waits.h"

#include <errno.h>
#include <stdlib.h>

struct tc_wait
{
  tc_wait *next;
  const tc_process *process;
  tc_client *client;
  uint64_t id;
};

static tc_wait *take (tc_waits *waits, const tc_process *process);

void
tc_waits_add (tc_waits *waits, tc_process *process, const tc_request *request)
{
  tc_wait *wait = calloc (1, sizeof (*wait));
  tc_error error = TC_NO_ERROR;

  if (wait == NULL)
    {
      (void) tc_fail (&error, ENOMEM, "wait", NULL);
      tc_client_reply_failure (request->client, request->id, &error);
      return;
    }
  *wait = (tc_wait){ waits->first, process, request->client, request->id };
  waits->first = wait;
  if (process->phase == TC_PHASE_ENDED)
    tc_waits_answer (waits, process);
}

void
tc_waits_answer (tc_waits *waits, tc_process *process)
{
  tc_auto_buffer payload = { 0 };
  bool told = false;
  tc_wait *wait;

  tc_put_exit (&payload, process);
  while ((wait = take (waits, process)) != NULL)
    {
      told = true;
      tc_client_reply (wait->client, wait->id, &payload);
      free (wait);
    }
  if (process->kind == TC_KIND_AUXILIARY && (told || process->launcher.client == NULL))
    tc_process_forget (process);
  else
    tc_processes_forget_oldest (process->processes);
}

void
tc_waits_fail (tc_waits *waits, const tc_process *process)
{
  tc_error error = TC_NO_ERROR;
  tc_wait *wait;

  (void) tc_fail (&error, ESRCH, "wait", process->id);
  while ((wait = take (waits, process)) != NULL)
    {
      tc_client_reply_failure (wait->client, wait->id, &error);
      free (wait);
    }
}

/* Removes one wait for `process` from the list, and returns it or NULL. The search starts from the front
   each time: a reply that fails closes its client and drops that client's other waits. */
static tc_wait *
take (tc_waits *waits, const tc_process *process)
{
  for (tc_wait **link = &waits->first; *link != NULL; link = &(*link)->next)
    if ((*link)->process == process)
      {
        tc_wait *wait = *link;

        *link = wait->next;
        return wait;
      }
  return NULL;
}

void
tc_waits_forget_client (tc_waits *waits, const tc_client *client)
{
  for (tc_wait **link = &waits->first; *link != NULL;)
    {
      tc_wait *wait = *link;

      if (wait->client == client)
        {
          *link = wait->next;
          free (wait);
        }
      else
        link = &wait->next;
    }
}

void
tc_put_exit (tc_buffer *payload, const tc_process *process)
{
  tc_put_u32 (payload, (uint32_t) process->wait_status);
  tc_put_u64 (payload, process->finished_at);
}
