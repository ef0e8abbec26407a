#include "packet.h"

#include <string.h>

#define RESPONSE 0x80u
#define OPCODE 0x78u
#define OPCODE_AND_RECURSION 0x79u
#define TRUNCATED 0x02u
#define RECURSION_AVAILABLE 0x80u
#define CODE 0x0fu

/* RFC 1035, 4.2.1: the most that a client takes over UDP unless EDNS says otherwise. */
#define PLAIN_UDP 512u
/* Seconds. Containers are replaced at any time, so no client should keep an address for long. */
#define TIME_TO_LIVE 5u
/* Name, type, class, lifetime and length of the data. */
#define RECORD_HEADER 12u
/* A query has no use for more; a count is a demand for work before anything backs it. */
#define MOST_RECORDS 16u
#define LONGEST_LABEL 63u
#define POINTER 0xc0u

/* The root's name, OPT, payload size, upper bits of the code, version 0, no flags, no options: RFC 6891, 6.1.2. */
static const uint8_t opt_record[]
    = { 0, 0, TC_DNS_OPT, TC_DNS_UDP >> 8, TC_DNS_UDP & 0xffu, 0, 0, 0, 0, 0, 0 };
#define OPT_UPPER_CODE 5u
#define BAD_VERSION 1u

static tc_query_fault header_fault (const uint8_t *packet, size_t size);
static bool read_edns (const uint8_t *packet, size_t size, tc_question *question);
static size_t skip_labels (const uint8_t *packet, size_t size, size_t start);
static size_t skip_name (const uint8_t *packet, size_t size, size_t start);
static size_t end_of_labels (const uint8_t *packet, size_t size, size_t start);
static size_t question_end (const uint8_t *packet, size_t size);
static void copy_folded (uint8_t *folded, const uint8_t *from, size_t size);
static uint8_t fold (uint8_t byte);
static size_t longest_reply (const tc_question *question, bool is_tcp);
static size_t put_records (uint8_t *at, const tc_records *records, uint32_t first, size_t count);
static void put_header (uint8_t *reply, tc_reply_code code, size_t answers, bool is_cut, bool has_opt);
static uint16_t get_u16 (const uint8_t *at);
static void put_u16 (uint8_t *at, size_t value);

tc_query_fault
tc_question_read (const uint8_t *packet, size_t size, tc_question *question)
{
  tc_query_fault fault = header_fault (packet, size);
  size_t offset;

  if (fault != TC_QUERY_GOOD)
    return fault;
  offset = skip_labels (packet, size, TC_DNS_HEADER);
  if (offset == 0 || offset + 4 > size)
    return TC_QUERY_FORMERR;
  question->name_size = offset - 1 - TC_DNS_HEADER;
  copy_folded (question->name, packet + TC_DNS_HEADER, question->name_size);
  question->type = get_u16 (packet + offset);
  question->class = get_u16 (packet + offset + 2);
  question->end = offset + 4;
  return read_edns (packet, size, question) ? TC_QUERY_GOOD : TC_QUERY_FORMERR;
}

static tc_query_fault
header_fault (const uint8_t *packet, size_t size)
{
  if (size < TC_DNS_HEADER || (packet[2] & RESPONSE) != 0)
    return TC_QUERY_NONE;
  if ((packet[2] & OPCODE) != 0)
    return TC_QUERY_NOTIMP;
  return get_u16 (packet + 4) == 1 ? TC_QUERY_GOOD : TC_QUERY_FORMERR;
}

/* Looks for the OPT record among those behind the question. Returns whether all of them are whole. */
static bool
read_edns (const uint8_t *packet, size_t size, tc_question *question)
{
  uint32_t records = (uint32_t) get_u16 (packet + 6) + get_u16 (packet + 8) + get_u16 (packet + 10);
  size_t offset = question->end;

  question->has_edns = false;
  question->edns_version = 0;
  question->payload_size = PLAIN_UDP;
  if (records > MOST_RECORDS)
    return false;
  for (; records > 0; records--)
    {
      size_t fields = skip_name (packet, size, offset);

      if (fields == 0 || fields + 10 > size)
        return false;
      if (get_u16 (packet + fields) == TC_DNS_OPT)
        {
          question->has_edns = true;
          question->payload_size = get_u16 (packet + fields + 2);
          question->edns_version = packet[fields + 5];
        }
      offset = fields + 10 + get_u16 (packet + fields + 8);
      if (offset > size)
        return false;
    }
  return true;
}

/* Returns what follows the name at `start`; 0 for one that is no name or ends in a pointer (RFC 1035, 4.1.4): the first name of a
   message has nothing to point to. */
static size_t
skip_labels (const uint8_t *packet, size_t size, size_t start)
{
  size_t end = end_of_labels (packet, size, start);

  return end != 0 && packet[end] == 0 ? end + 1 : 0;
}

/* As skip_labels, but of any name; pointers are not followed. */
static size_t
skip_name (const uint8_t *packet, size_t size, size_t start)
{
  size_t end = end_of_labels (packet, size, start);

  if (end == 0)
    return 0;
  return packet[end] == 0 ? end + 1 : end + 2;
}

/* Returns where the empty label or the pointer is that ends the labels from `start`; 0 if there is none. */
static size_t
end_of_labels (const uint8_t *packet, size_t size, size_t start)
{
  size_t offset = start;

  while (offset < size && offset - start <= TC_DNS_NAME)
    {
      uint8_t length = packet[offset];

      if (length == 0 || length >= POINTER)
        return offset;
      if (length > LONGEST_LABEL)
        return 0;
      offset += length + 1u;
    }
  return 0;
}

/* Of a message with a whole header: behind the header if it has no question, or a broken one. */
static size_t
question_end (const uint8_t *packet, size_t size)
{
  size_t offset = get_u16 (packet + 4) == 0 ? 0 : skip_labels (packet, size, TC_DNS_HEADER);

  return offset == 0 || offset + 4 > size ? TC_DNS_HEADER : offset + 4;
}

/* The lengths of labels are no letters. */
static void
copy_folded (uint8_t *folded, const uint8_t *from, size_t size)
{
  for (size_t index = 0; index < size; index++)
    folded[index] = fold (from[index]);
}

static uint8_t
fold (uint8_t byte)
{
  return byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte | 0x20u) : byte;
}

size_t
tc_reply_write (const uint8_t *packet, const tc_question *question, tc_reply_code code, const tc_records *records,
                uint32_t first, bool is_tcp, uint8_t *reply)
{
  size_t opt_size = question->has_edns ? sizeof (opt_record) : 0;
  size_t room = longest_reply (question, is_tcp) - question->end - opt_size;
  size_t record_size = RECORD_HEADER + records->size;
  size_t kept = room / record_size < records->count ? room / record_size : records->count;
  size_t size = question->end;

  memcpy (reply, packet, question->end);
  size += put_records (reply + size, records, first, kept);
  memcpy (reply + size, opt_record, opt_size);
  put_header (reply, code, kept, kept < records->count, question->has_edns);
  return size + opt_size;
}

static size_t
longest_reply (const tc_question *question, bool is_tcp)
{
  if (is_tcp)
    return TC_DNS_TCP;
  if (question->payload_size < PLAIN_UDP)
    return PLAIN_UDP;
  return question->payload_size < TC_DNS_UDP ? question->payload_size : TC_DNS_UDP;
}

/* The name of each points to that of the question. */
static size_t
put_records (uint8_t *at, const tc_records *records, uint32_t first, size_t count)
{
  const uint8_t *start = at;
  uint32_t index = first;

  for (; count > 0; count--)
    {
      at[0] = POINTER;
      at[1] = TC_DNS_HEADER;
      put_u16 (at + 2, records->type);
      put_u16 (at + 4, TC_DNS_IN);
      put_u16 (at + 6, 0);
      put_u16 (at + 8, TIME_TO_LIVE);
      put_u16 (at + 10, records->size);
      memcpy (at + RECORD_HEADER, records->data + (size_t) index * records->size, records->size);
      at += RECORD_HEADER + records->size;
      index = index + 1 == records->count ? 0 : index + 1;
    }
  return (size_t) (at - start);
}

size_t
tc_failure_write (const uint8_t *packet, size_t size, tc_reply_code code, uint8_t *reply)
{
  size_t end = question_end (packet, size);

  memmove (reply, packet, end);
  put_header (reply, code, 0, false, false);
  put_u16 (reply + 4, end > TC_DNS_HEADER ? 1 : 0);
  return end;
}

size_t
tc_bad_version_write (const uint8_t *packet, const tc_question *question, uint8_t *reply)
{
  memcpy (reply, packet, question->end);
  memcpy (reply + question->end, opt_record, sizeof (opt_record));
  reply[question->end + OPT_UPPER_CODE] = BAD_VERSION;
  put_header (reply, TC_CODE_NOERROR, 0, false, true);
  return question->end + sizeof (opt_record);
}

/* The id, the count of questions and what is kept of the flags are there already: those of the query. */
static void
put_header (uint8_t *reply, tc_reply_code code, size_t answers, bool is_cut, bool has_opt)
{
  reply[2] = (uint8_t) (RESPONSE | (reply[2] & OPCODE_AND_RECURSION) | (is_cut ? TRUNCATED : 0));
  reply[3] = (uint8_t) (RECURSION_AVAILABLE | (unsigned) code);
  put_u16 (reply + 6, answers);
  put_u16 (reply + 8, 0);
  put_u16 (reply + 10, has_opt ? 1 : 0);
}

uint16_t
tc_dns_id (const uint8_t *packet)
{
  return get_u16 (packet);
}

void
tc_dns_set_id (uint8_t *packet, uint16_t id)
{
  put_u16 (packet, id);
}

bool
tc_dns_is_reply (const uint8_t *query, size_t query_size, const uint8_t *reply, size_t size)
{
  size_t end;

  if (size < TC_DNS_HEADER || get_u16 (reply) != get_u16 (query) || (reply[2] & RESPONSE) == 0)
    return false;
  if (get_u16 (reply + 4) == 0)
    return (reply[3] & CODE) != 0;
  end = question_end (query, query_size);
  if (question_end (reply, size) != end)
    return false;
  for (size_t index = TC_DNS_HEADER; index < end; index++)
    if (fold (query[index]) != fold (reply[index]))
      return false;
  return true;
}

bool
tc_dns_is_cut (const uint8_t *reply)
{
  return (reply[2] & TRUNCATED) != 0;
}

bool
tc_dns_is_trouble (const uint8_t *reply)
{
  unsigned code = reply[3] & CODE;

  return code == TC_CODE_SERVFAIL || code == TC_CODE_REFUSED;
}

static uint16_t
get_u16 (const uint8_t *at)
{
  return (uint16_t) (at[0] << 8 | at[1]);
}

static void
put_u16 (uint8_t *at, size_t value)
{
  at[0] = (uint8_t) (value >> 8);
  at[1] = (uint8_t) value;
}
