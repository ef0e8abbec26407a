#include "server.h"

#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>

static int describe (tc_client *client, const tc_order *order);
static void retire (tc_client *client);
static void free_client (tc_client *client);

int
tc_client_add (tc_server *server, const tc_order *order, int udp, int tcp)
{
  tc_client *client = calloc (1, sizeof (*client));
  int result = client == NULL ? -ENOMEM : 0;

  if (result == 0 && tc_client_find (server, order->id) != NULL)
    result = -EPROTO;
  if (result == 0)
    {
      client->server = server;
      client->id = order->id;
      result = describe (client, order);
    }
  if (result < 0)
    {
      (void) close (udp);
      (void) close (tcp);
      free (client);
      return result;
    }
  client->udp = (tc_client_socket){ .source = { .fd = udp, .ready = tc_datagrams_ready }, .client = client };
  client->tcp = (tc_client_socket){ .source = { .fd = tcp, .ready = tc_listener_ready }, .client = client };
  client->spare = fcntl (tcp, F_DUPFD_CLOEXEC, 0);
  client->next = server->first;
  server->first = client;
  if (server->serves)
    tc_client_serve (client);
  return 0;
}

static int
describe (tc_client *client, const tc_order *order)
{
  tc_view view;
  int result = tc_order_view (order, &client->server->table, &view);

  if (result < 0)
    return result;
  tc_view_free (&client->view);
  client->view = view;
  client->forwards = (order->flags & TC_CLIENT_FORWARDS) != 0;
  tc_upstreams_release (client->upstreams);
  client->upstreams
      = (order->flags & TC_CLIENT_HAS_UPSTREAMS) == 0 ? NULL : tc_upstreams_reference (order->upstreams);
  return 0;
}

int
tc_client_change (tc_server *server, const tc_order *order)
{
  tc_client *client = tc_client_find (server, order->id);

  return client == NULL ? 0 : describe (client, order);
}

void
tc_client_serve (tc_client *client)
{
  tc_loop *loop = &client->server->loop;

  /* The flag belongs to the open socket, which the keeper has too, and reads from neither. */
  (void) fcntl (client->tcp.source.fd, F_SETFL, fcntl (client->tcp.source.fd, F_GETFL) | O_NONBLOCK);
  (void) tc_loop_watch (loop, &client->udp.source, EPOLLIN);
  (void) tc_loop_watch (loop, &client->tcp.source, EPOLLIN);
}

tc_client *
tc_client_find (const tc_server *server, uint32_t id)
{
  tc_client *client = server->first;

  while (client != NULL && (client->is_retired || client->id != id))
    client = client->next;
  return client;
}

void
tc_client_remove (tc_server *server, uint32_t id)
{
  for (tc_client **link = &server->first; *link != NULL; link = &(*link)->next)
    {
      tc_client *client = *link;

      if (client->is_retired || client->id != id)
        continue;
      *link = client->next;
      free_client (client);
      return;
    }
}

void
tc_client_retire_all (tc_server *server)
{
  for (tc_client *client = server->first; client != NULL; client = client->next)
    if (!client->is_retired)
      retire (client);
  tc_client_sweep (server);
}

/* What it has asked upstreams for is sent by its socket, which others read from. */
static void
retire (tc_client *client)
{
  tc_loop *loop = &client->server->loop;

  client->is_retired = true;
  client->server->retired++;
  tc_query_drop_waiting (client);
  tc_connections_finish (client);
  client->udp.source.fd = tc_loop_release (loop, &client->udp.source);
  tc_loop_close (loop, &client->tcp.source);
  tc_close_fd (&client->spare);
  tc_view_free (&client->view);
}

void
tc_client_sweep (tc_server *server)
{
  for (tc_client **link = &server->first; server->retired > 0 && *link != NULL;)
    {
      tc_client *client = *link;

      if (!client->is_retired || client->first_query != NULL || client->first_connection != NULL)
        {
          link = &client->next;
          continue;
        }
      *link = client->next;
      server->retired--;
      free_client (client);
    }
}

static void
free_client (tc_client *client)
{
  tc_loop *loop = &client->server->loop;

  while (client->first_connection != NULL)
    tc_connection_close (client->first_connection);
  while (client->first_query != NULL)
    tc_query_drop (client->first_query);
  tc_loop_close (loop, &client->udp.source);
  tc_loop_close (loop, &client->tcp.source);
  tc_close_fd (&client->spare);
  tc_pool_close (client);
  tc_turns_free (&client->turns);
  tc_view_free (&client->view);
  tc_upstreams_release (client->upstreams);
  tc_loop_free_later (loop, client);
}
