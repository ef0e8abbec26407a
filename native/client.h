/* Connections of clients. */
#ifndef TC_CLIENT_H
#define TC_CLIENT_H

#include "keeper.h"

typedef struct tc_outgoing tc_outgoing;

#define TC_CLIENT_DESCRIPTORS 128u

struct tc_client
{
  tc_source source;
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

/* Accepts every connection that waits, and refuses peers of other users. */
void tc_clients_accept (tc_keeper *keeper, tc_source *source, uint32_t events);

/* Takes the three oldest descriptors. Returns 0, or -EBADF if fewer came. */
int tc_client_take_stdio (tc_client *client, int stdio[3]);

/* Replies own `fds`. A client that lets more than 4 MiB pile up is disconnected. */
void tc_client_reply (tc_keeper *keeper, tc_client *client, uint64_t id, const tc_buffer *payload);
void tc_client_reply_with (tc_keeper *keeper, tc_client *client, const tc_header *header,
                           const tc_buffer *payload, const int *fds, size_t count);
void tc_client_reply_failure (tc_keeper *keeper, tc_client *client, uint64_t id,
                              const tc_error *error);
/* Sends an event to every client that subscribed. */
void tc_clients_announce (tc_keeper *keeper, tc_message_type type, const tc_buffer *payload);

void tc_client_close (tc_keeper *keeper, tc_client *client);

#endif
