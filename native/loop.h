/* The event loop: epoll(7), level-triggered, one thread. */
#ifndef TC_LOOP_H
#define TC_LOOP_H

#include <stddef.h>
#include <stdint.h>

typedef struct tc_source tc_source;

/* A descriptor that is watched. It is the first member of the struct that it belongs to. */
struct tc_source
{
  int fd; /* -1 once closed */
  uint32_t events;
  void (*ready) (tc_source *source, uint32_t events);
};

typedef struct
{
  int epoll_fd;
  void **graveyard;
  size_t graves, capacity;
} tc_loop;

int tc_loop_open (tc_loop *loop);
/* Starts to watch; the source owns its descriptor if this succeeds. Returns 0 or -errno. */
int tc_loop_watch (tc_loop *loop, tc_source *source, uint32_t events);
void tc_loop_change (tc_loop *loop, tc_source *source, uint32_t events);
/* Closes the descriptor. Its remaining events of the current batch are not delivered. */
void tc_loop_close (tc_loop *loop, tc_source *source);
/* Watches no longer, and gives back the descriptor, or -1. Events of the current batch may still come to a descriptor that the
   source is given next. */
int tc_loop_release (tc_loop *loop, tc_source *source);
/* Frees memory that holds a source after the batch, when no event can point to it anymore. */
void tc_loop_free_later (tc_loop *loop, void *memory);
/* Waits for one batch of events, `timeout_ms` at most (-1: for ever), and delivers it. */
void tc_loop_turn (tc_loop *loop, int timeout_ms);

#endif
