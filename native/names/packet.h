/* Messages of DNS: RFC 1035 and RFC 6891. Nothing in them is trusted; all offsets that are returned are within the message. */
#ifndef TC_NAMES_PACKET_H
#define TC_NAMES_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TC_DNS_HEADER 12u
/* RFC 1035, 2.3.4: of a name, in bytes, without the empty label at its end. */
#define TC_DNS_NAME 254u
/* The most that is answered over UDP: loopback takes packets of any size. */
#define TC_DNS_UDP 4096u
#define TC_DNS_TCP 65535u
/* The longest query that is read. */
#define TC_DNS_QUERY 4096u

#define TC_DNS_A 1u
#define TC_DNS_PTR 12u
#define TC_DNS_AAAA 28u
#define TC_DNS_OPT 41u
#define TC_DNS_ANY 255u
#define TC_DNS_IN 1u

typedef enum
{
  TC_QUERY_GOOD,
  /* Too short, or a response: it gets no answer. */
  TC_QUERY_NONE,
  TC_QUERY_FORMERR,
  TC_QUERY_NOTIMP,
} tc_query_fault;

/* Codes of RFC 1035, 4.1.1. */
typedef enum
{
  TC_CODE_NOERROR = 0,
  TC_CODE_FORMERR = 1,
  TC_CODE_SERVFAIL = 2,
  TC_CODE_NXDOMAIN = 3,
  TC_CODE_NOTIMP = 4,
  TC_CODE_REFUSED = 5,
} tc_reply_code;

typedef struct
{
  uint8_t name[TC_DNS_NAME]; /* labels, each behind its length, with folded case, without the empty one */
  size_t name_size;
  uint16_t type, class;
  size_t end; /* where the question ends */
  bool has_edns;
  uint8_t edns_version;
  uint16_t payload_size; /* the longest packet that the client takes over UDP */
} tc_question;

/* Records of one type about the name that was asked for. */
typedef struct
{
  uint16_t type;
  uint16_t size; /* of the data of one */
  uint32_t count;
  const uint8_t *data;
} tc_records;

tc_query_fault tc_question_read (const uint8_t *packet, size_t size, tc_question *question);

/* Writes the reply to `packet`, a query that asks `question`, with the record number `first` in front. What is longer than the
   client takes loses its last records and is marked as cut. `reply` has room for TC_DNS_UDP or TC_DNS_TCP bytes. Returns how
   many it has. */
size_t tc_reply_write (const uint8_t *packet, const tc_question *question, tc_reply_code code, const tc_records *records,
                       uint32_t first, bool is_tcp, uint8_t *reply);
/* Writes a reply to `packet`, which has a whole header, with its question, if that is sound, and `code`. `reply` may be
   `packet`, and is no longer. */
size_t tc_failure_write (const uint8_t *packet, size_t size, tc_reply_code code, uint8_t *reply);
/* Writes the reply to a query with a version of EDNS that is not known: RFC 6891, 6.1.3. */
size_t tc_bad_version_write (const uint8_t *packet, const tc_question *question, uint8_t *reply);

uint16_t tc_dns_id (const uint8_t *packet);
void tc_dns_set_id (uint8_t *packet, uint16_t id);
/* Returns whether `reply` is a response to `query` as it was sent: with its id, and about its question (RFC 5452, 9.1), in
   whatever case. One that says why there is no answer may leave the question out. */
bool tc_dns_is_reply (const uint8_t *query, size_t query_size, const uint8_t *reply, size_t size);
/* Returns whether `reply`, which is one, has lost records for its length. */
bool tc_dns_is_cut (const uint8_t *reply);
/* Returns whether `reply`, which is one, tells of trouble of its server, so that another may know better. */
bool tc_dns_is_trouble (const uint8_t *reply);

#endif
