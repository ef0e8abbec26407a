/* Connections of clients. */
#ifndef TC_CLIENT_H
#define TC_CLIENT_H

#include "error.h"
#include "loop.h"
#include "protocol.h"

typedef struct tc_client tc_client;
typedef struct tc_clients tc_clients;
typedef struct tc_outgoing tc_outgoing;

#define TC_CLIENT_DESCRIPTORS 128u

struct tc_client
{
  tc_source source;
  tc_clients *clients;
  tc_client *next;
  uint8_t *input;
  size_t input_size, input_capacity;
  /* Descriptors received and not yet taken by the message that they came with. */
  int descriptors[TC_CLIENT_DESCRIPTORS];
  size_t descriptor_count;
  tc_outgoing *first, *last;
  size_t queued; /* bytes */
  bool is_subscribed;
};

/* One message. `payload` lies in the client's input and is valid while the message is handled. */
typedef struct
{
  tc_client *client;
  uint16_t type;
  uint64_t id;
  tc_span payload;
} tc_request;

struct tc_clients
{
  tc_source listener;
  tc_loop *loop;
  tc_client *first;
  bool had_client;
  /* Both are set before tc_clients_listen and called with `owner`. */
  void (*on_request) (void *owner, const tc_request *request);
  /* The client has left the list; replies to it are dropped, and its memory is freed after the batch. */
  void (*on_close) (void *owner, const tc_client *client);
  void *owner;
};

/* Accepts connections on `listener`, which it owns if it succeeds. Peers of other users are refused.
   Returns 0 or -errno. */
int tc_clients_listen (tc_clients *clients, tc_loop *loop, int listener);
/* Sends an event to every client that subscribed. */
void tc_clients_announce (tc_clients *clients, tc_message_type type, const tc_buffer *payload);

/* Takes the `count` oldest descriptors. Returns 0, or -EBADF if fewer came. */
int tc_client_take (tc_client *client, int *fds, size_t count);

/* Replies own `fds`. A client with more than 4 MiB of unread replies is disconnected. */
void tc_client_reply (tc_client *client, uint64_t id, const tc_buffer *payload);
void tc_client_reply_with (tc_client *client, const tc_header *header, const tc_buffer *payload,
                           const int *fds, size_t count);
void tc_client_reply_failure (tc_client *client, uint64_t id, const tc_error *error);

#endif
