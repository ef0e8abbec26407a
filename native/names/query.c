#include "../clock.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

/* How long a query waits for the owner, which may be busy with the start of many containers. */
#define HELD_MS 500u

static size_t keep (tc_client *client, tc_span packet, const tc_asker *asker, uint8_t *reply, bool is_held);
static tc_query *open_query (tc_client *client, tc_span packet, const tc_asker *asker);
static void answer_held (tc_query *query);
static void forget (tc_query *query);

size_t
tc_query_take (tc_client *client, tc_span packet, const tc_asker *asker, uint8_t *reply)
{
  size_t size = 0;
  tc_answer_kind kind
      = tc_answer (&client->view, &client->turns, packet, asker->connection != NULL, reply, &size);

  if (kind == TC_ANSWER_NONE)
    return 0;
  if (kind == TC_ANSWER_REPLY)
    return size;
  if (tc_owner_knows_more (client->server))
    return keep (client, packet, asker, reply, true);
  return kind == TC_ANSWER_ABSENT ? size : keep (client, packet, asker, reply, false);
}

/* Returns the size of a refusal. */
static size_t
keep (tc_client *client, tc_span packet, const tc_asker *asker, uint8_t *reply, bool is_held)
{
  tc_query *query;

  if (client->queries >= TC_MOST_QUERIES_OF_CLIENT || client->server->queries >= TC_MOST_QUERIES)
    return tc_failure_write (packet.data, packet.size, TC_CODE_REFUSED, reply);
  query = open_query (client, packet, asker);
  if (query == NULL)
    return tc_failure_write (packet.data, packet.size, TC_CODE_SERVFAIL, reply);
  if (is_held)
    tc_query_set_due (query, tc_monotonic_ms () + HELD_MS);
  else
    tc_forward (query);
  return 0;
}

static tc_query *
open_query (tc_client *client, tc_span packet, const tc_asker *asker)
{
  tc_query *query = malloc (sizeof (*query) + packet.size);

  if (query == NULL)
    return NULL;
  *query = (tc_query){ .source = { .fd = -1 },
                       .client = client,
                       .next = client->first_query,
                       .asker = *asker,
                       .state = TC_QUERY_HELD,
                       .due = TC_NEVER,
                       .id = tc_dns_id (packet.data),
                       .size = packet.size };
  memcpy (query->packet, packet.data, packet.size);
  if (query->next != NULL)
    query->next->previous = query;
  client->first_query = query;
  if (asker->connection != NULL)
    tc_connection_asked (asker->connection);
  client->queries++;
  client->server->queries++;
  return query;
}

void
tc_query_resume (tc_server *server)
{
  for (tc_client *client = server->first; client != NULL; client = client->next)
    for (tc_query *query = client->first_query, *next; query != NULL; query = next)
      {
        next = query->next;
        if (query->state == TC_QUERY_HELD)
          answer_held (query);
      }
}

static void
answer_held (tc_query *query)
{
  static uint8_t reply[TC_DNS_TCP];
  tc_client *client = query->client;
  tc_span packet = { query->packet, (uint32_t) query->size };
  size_t size = 0;

  if (tc_answer (&client->view, &client->turns, packet, query->asker.connection != NULL, reply, &size)
      == TC_ANSWER_FORWARD)
    tc_forward (query);
  else
    tc_query_finish (query, reply, size);
}

void
tc_query_finish (tc_query *query, const uint8_t *reply, size_t size)
{
  if (query->asker.connection != NULL)
    tc_connection_send (query->asker.connection, reply, size);
  else
    tc_datagram_send (query->client, &query->asker.peer, reply, size);
  tc_query_drop (query);
}

void
tc_query_fail (tc_query *query, tc_reply_code code)
{
  tc_dns_set_id (query->packet, query->id);
  tc_query_finish (query, query->packet, tc_failure_write (query->packet, query->size, code, query->packet));
}

void
tc_query_drop (tc_query *query)
{
  tc_connection *connection = query->asker.connection;

  tc_forward_leave (query);
  forget (query);
  if (connection != NULL)
    tc_connection_answered (connection);
}

static void
forget (tc_query *query)
{
  tc_client *client = query->client;

  if (query->previous == NULL)
    client->first_query = query->next;
  else
    query->previous->next = query->next;
  if (query->next != NULL)
    query->next->previous = query->previous;
  client->queries--;
  client->server->queries--;
  tc_upstreams_release (query->upstreams);
  free (query->trouble);
  tc_buffer_free (&query->received);
  tc_loop_free_later (&client->server->loop, query);
}

void
tc_query_drop_waiting (tc_client *client)
{
  for (tc_query *query = client->first_query, *next; query != NULL; query = next)
    {
      next = query->next;
      if (query->state == TC_QUERY_HELD || query->state == TC_QUERY_UNCONNECTED)
        tc_query_drop (query);
    }
}

void
tc_query_drop_of (tc_client *client, const tc_connection *connection)
{
  for (tc_query *query = client->first_query, *next; query != NULL; query = next)
    {
      next = query->next;
      if (query->asker.connection != connection)
        continue;
      query->asker.connection = NULL;
      tc_query_drop (query);
    }
}

void
tc_query_set_due (tc_query *query, uint64_t due)
{
  tc_server *server = query->client->server;

  query->due = due;
  if (due < server->due)
    server->due = due;
}
