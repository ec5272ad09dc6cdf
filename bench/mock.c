/* A mock upstream for make bench: one thread, epoll, faster than anything that is measured in front of it.
 *
 *   mock PORT
 *
 * Every POST is answered with one fixed chat completion, or with a stream of events when its body says
 * "stream": true. GET /control?first=MS&gap=MS&events=N sets the delay before the first byte, the pace of a
 * stream and its length; GET /stats says how many POSTs came in whole. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 30, ANSWER_WORDS = 300, BATCH = 512 };

static const char *const words[WORDS] = {
    "the",     "a",        "patient", "should", "consider", "talking", "to",    "doctor", "about", "this",
    "question", "and",     "possible", "effects", "of",     "medicine", "evidence", "from", "studies", "shows",
    "that",    "most",     "people",  "recover", "within",  "weeks",   "however", "each", "case",  "differs"};

struct conn {
    int fd;
    char *in, *out;
    size_t in_len, in_cap, out_len, out_cap;
    bool busy, stream, waits, wants_write;
    int sent;   /* events of this stream that went out */
    double due; /* when the next bytes go out */
    struct conn *previous, *next;
};

static struct conn waiting = {.previous = &waiting, .next = &waiting}; /* ring of all that wait for a time */
static double first_delay, gap;
static int events = 60;
static long requests;
static int epoll, timer;
static char whole[8192], event[WORDS][512], last_events[1024];
static const char stream_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                                  "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* -- what is answered -- */

#define COMMON "\"id\":\"chatcmpl-mock\",\"created\":1760000000,\"model\":\"gpt-4o-mini\",\"system_fingerprint\":\"fp_mock\""

static int chunk(char *out, const char *delta, const char *finish) {
    char data[400];
    int length = sprintf(data,
                         "data: {" COMMON ",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
                         "\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s}]}\n\n",
                         delta, finish);
    return sprintf(out, "%x\r\n%s\r\n", length, data);
}

static void prepare_answers(void) {
    char text[4096], body[7000], delta[100];
    int length = 0;
    for (int i = 0; i < ANSWER_WORDS; i++) length += sprintf(text + length, "%s%s", i ? " " : "", words[(i * 7 + i / 5) % WORDS]);
    length = sprintf(body,
                     "{" COMMON ",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                     "\"assistant\",\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                     "\"usage\":{\"prompt_tokens\":320,\"completion_tokens\":300,\"total_tokens\":620}}",
                     text);
    sprintf(whole, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    for (int i = 0; i < WORDS; i++) {
        sprintf(delta, "\"content\":\" %s\"", words[i]);
        chunk(event[i], delta, "null");
    }
    length = chunk(last_events, "", "\"stop\"");
    sprintf(last_events + length, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
}

/* -- connections -- */

static void watch(struct conn *c, bool write) {
    struct epoll_event e = {.events = write ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
    c->wants_write = write;
}

static void stop_waiting(struct conn *c) {
    if (!c->waits) return;
    c->previous->next = c->next;
    c->next->previous = c->previous;
    c->waits = false;
}

static void wait_until(struct conn *c, double due) {
    c->due = due;
    c->waits = true;
    c->next = &waiting;
    c->previous = waiting.previous;
    waiting.previous = waiting.previous->next = c;
}

static void drop(struct conn *c) {
    stop_waiting(c);
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}

static void *room(char *buffer, size_t *capacity, size_t needed) {
    if (needed <= *capacity) return buffer;
    *capacity = needed * 2;
    return realloc(buffer, *capacity);
}

/* Send now what the socket takes and keep the rest; false when the peer is gone. */
static bool put(struct conn *c, const char *data, size_t length) {
    if (!c->out_len) {
        ssize_t sent = send(c->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return false;
        if (sent > 0) data += sent, length -= sent;
    }
    if (!length) return true;
    c->out = room(c->out, &c->out_cap, c->out_len + length);
    memcpy(c->out + c->out_len, data, length);
    c->out_len += length;
    if (!c->wants_write) watch(c, true);
    return true;
}

static bool flush(struct conn *c) {
    ssize_t sent = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN;
    c->out_len -= sent;
    memmove(c->out, c->out + sent, c->out_len);
    if (!c->out_len) watch(c, false);
    return true;
}

/* -- answering -- */

/* Send what is due: the whole answer, or the next event (all of them when the stream has no pace). */
static bool answer(struct conn *c) {
    if (!c->stream) {
        c->busy = false;
        return put(c, whole, strlen(whole));
    }
    if (!c->sent && !put(c, stream_head, sizeof stream_head - 1)) return false;
    do {
        const char *next = event[c->sent * 7 % WORDS];
        if (!put(c, next, strlen(next))) return false;
    } while (++c->sent < events && gap <= 0);
    if (c->sent < events) {
        wait_until(c, c->due + gap);
        return true;
    }
    c->busy = false;
    return put(c, last_events, strlen(last_events));
}

static bool answer_get(struct conn *c, const char *target) {
    char body[200], head[400];
    double first_ms, gap_ms;
    int count;
    if (sscanf(target, "/control?first=%lf&gap=%lf&events=%d", &first_ms, &gap_ms, &count) == 3) {
        first_delay = first_ms / 1000, gap = gap_ms / 1000, events = count;
    }
    int length = sprintf(body, "{\"requests\":%ld}", requests);
    length = sprintf(head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    return put(c, head, length);
}

/* The length of the chunked body at `body`, or -1 while it is not all there. */
static long chunked_length(const char *body, size_t available) {
    size_t at = 0;
    for (;;) {
        const char *line_end = memmem(body + at, available - at, "\r\n", 2);
        if (!line_end) return -1;
        long size = strtol(body + at, NULL, 16);
        at = line_end - body + 2 + size + 2;
        if (at > available) return -1;
        if (!size) return at;
    }
}

/* Take whole requests from the buffer, one at a time; false when the connection shall end. */
static bool take(struct conn *c) {
    while (!c->busy && c->in_len) {
        char *head_end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
        if (!head_end) return true;
        size_t head = head_end - c->in + 4;
        *head_end = 0; /* so that string functions stop at the end of the head */
        char *length_line = strcasestr(c->in, "\ncontent-length:");
        bool chunked = strcasestr(c->in, "\ntransfer-encoding: chunked");
        *head_end = '\r';
        long body = chunked ? chunked_length(c->in + head, c->in_len - head) : length_line ? atol(length_line + 16) : 0;
        if (body < 0 || c->in_len < head + body) return true;
        bool is_get = !strncmp(c->in, "GET ", 4);
        if (is_get && !answer_get(c, c->in + 4)) return false;
        if (!is_get) {
            requests++;
            c->busy = true;
            c->sent = 0;
            c->stream = memmem(c->in + head, body, "\"stream\":true", 13) || memmem(c->in + head, body, "\"stream\": true", 14);
        }
        c->in_len -= head + body;
        memmove(c->in, c->in + head + body, c->in_len);
        if (!c->busy) continue;
        c->due = now() + first_delay;
        if (first_delay > 0) wait_until(c, c->due);
        else if (!answer(c)) return false;
    }
    return true;
}

static bool receive(struct conn *c) {
    for (;;) {
        c->in = room(c->in, &c->in_cap, c->in_len + 8192);
        ssize_t got = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len - 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
        if (got < 0) return take(c);
        c->in_len += got;
        if (c->in_len < c->in_cap - 1) return take(c);
    }
}

static void answer_due(void) {
    double time = now();
    for (struct conn *c = waiting.next, *next; c != &waiting; c = next) {
        next = c->next;
        if (c->due > time) continue;
        stop_waiting(c);
        if (!answer(c) || !take(c)) drop(c);
    }
}

static void set_timer(void) {
    static double set_to;
    double due = 0;
    for (struct conn *c = waiting.next; c != &waiting; c = c->next) {
        if (!due || c->due < due) due = c->due;
    }
    if (due == set_to) return;
    set_to = due;
    struct itimerspec at = {.it_value = {(time_t)due, (long)((due - (time_t)due) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void accept_all(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct conn *c = calloc(1, sizeof *c);
        c->fd = fd;
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) return fprintf(stderr, "usage: mock PORT\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    prepare_answers();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {AF_INET, htons(atoi(argv[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return perror("mock"), 1;
    epoll = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
    e.data.ptr = &timer;
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e);
    struct epoll_event ready[BATCH];
    for (;;) {
        int count = epoll_wait(epoll, ready, BATCH, -1);
        for (int i = 0; i < count; i++) {
            struct conn *c = ready[i].data.ptr;
            unsigned long expirations;
            if (ready[i].data.ptr == &listener) accept_all(listener);
            else if (ready[i].data.ptr == &timer) (void)!read(timer, &expirations, sizeof expirations);
            else if (((ready[i].events & EPOLLOUT) && !flush(c)) || ((ready[i].events & ~EPOLLOUT) && !receive(c))) drop(c);
        }
        answer_due(); /* after the batch: it may drop connections that the batch names */
        set_timer();
    }
}
