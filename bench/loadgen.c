/* The load generator of make bench: one thread, epoll, HTTP/1.1 with connections kept open.
 *
 *   loadgen -p PORT -u PATH -b BODY_FILE -c CONNECTIONS -d SECONDS [-r RATE] [-w WARM_UP_SECONDS]
 *           [-H HEADER]... [-n NUMBER] [-x EXPECTED_BODY_FILE | -m MARKER]
 *
 * Without -r every connection sends its next request when an answer is complete (closed loop). With -r requests
 * arrive at random with that mean rate, whether or not earlier ones were answered; their latency counts from
 * the moment they should have been sent. Each @@@@@@@@ in the body becomes a number that no other request has,
 * from -n upwards. Answers are asserted: status 2xx, and the exact bytes of -x or the text of -m in the body;
 * what differs is counted apart and is no success. Prints one JSON object. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
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

enum { BATCH = 512, BUFFER = 1 << 18, KEPT = 1 << 15, QUEUE = 1 << 16, PLACES = 64, GIVE_UP = 50 };
static const double DRAIN = 2.0; /* seconds that open requests get after the end */

struct conn {
    int fd;
    char *in;   /* bytes that are not understood yet */
    char *body; /* the start of the body, to find the marker in */
    size_t in_len, body_len, kept;
    bool busy, has_head, chunked, closes, wrong;
    int status;
    long left; /* bytes of the body or of the chunk that are still to come; -1: until the connection ends */
    enum { SIZE, DATA, DATA_END, LAST } chunk;
    int matched; /* letters of "data: " seen */
    long events;
    double begun, first_event;
};

struct values {
    double *at;
    size_t count, capacity;
};

static int port, epoll;
static char *request;
static size_t request_len, places[PLACES], place_count;
static unsigned long number;
static char *expected;
static size_t expected_len;
static const char *marker;

static double window_start, window_end;
static struct values latency, first_event;
static long in_window, events_in_window, completed, all_events, wrong_status, wrong_body, failed, refused, unsent;
static int last_status;
static char last_error[200];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void add(struct values *v, double value) {
    if (v->count == v->capacity) {
        v->capacity = v->capacity ? v->capacity * 2 : 1 << 16;
        v->at = realloc(v->at, v->capacity * sizeof *v->at);
    }
    v->at[v->count++] = value;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile_ms(struct values *v, double q) {
    return v->count ? v->at[(size_t)(q * (v->count - 1) + 0.5)] * 1000 : 0;
}

static void die(const char *what) {
    fprintf(stderr, "loadgen: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* -- connections -- */

static void fail(const char *why) {
    failed++;
    snprintf(last_error, sizeof last_error, "%s", why);
}

static void open_connection(struct conn *c) {
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->busy = c->has_head = false;
    c->in_len = 0;
    if (connect(c->fd, (void *)&address, sizeof address)) {
        if (++refused > GIVE_UP) die("the target takes no connection");
        fail("connection refused");
        usleep(10000);
        close(c->fd);
        open_connection(c);
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e);
}

static void reopen(struct conn *c) {
    close(c->fd);
    open_connection(c);
}

/* Send the next request; `begun` is when it was due. */
static void issue(struct conn *c, double begun) {
    char digits[16];
    snprintf(digits, sizeof digits, "%08lu", number++ % 100000000UL);
    for (size_t i = 0; i < place_count; i++) memcpy(request + places[i], digits, 8);
    for (size_t sent = 0; sent < request_len;) {
        ssize_t count = send(c->fd, request + sent, request_len - sent, MSG_NOSIGNAL);
        if (count < 0) {
            if (sent) fail("sending broke off");
            reopen(c);
            sent = 0;
            continue;
        }
        sent += count;
    }
    c->busy = true;
    c->has_head = c->chunked = c->closes = c->wrong = false;
    c->chunk = SIZE;
    c->begun = begun;
    c->first_event = c->events = c->matched = c->body_len = c->kept = 0;
}

/* -- answers -- */

static void complete(struct conn *c, double time) {
    c->busy = false;
    if (c->status / 100 != 2) {
        wrong_status++, last_status = c->status;
        snprintf(last_error, sizeof last_error, "%.*s", (int)c->kept, c->body);
        return;
    }
    bool is_right = expected ? !c->wrong && c->body_len == expected_len
                    : marker ? memmem(c->body, c->kept, marker, strlen(marker)) != NULL
                             : true;
    if (!is_right) {
        wrong_body++;
        snprintf(last_error, sizeof last_error, "%.*s", (int)c->kept, c->body);
        return;
    }
    completed++;
    all_events += c->events;
    if (time >= window_start && time < window_end) in_window++;
    if (c->begun < window_start || c->begun >= window_end) return;
    add(&latency, time - c->begun);
    if (c->first_event) add(&first_event, c->first_event - c->begun);
}

/* Look at a part of a body: is it as expected, and which events are in it? */
static void look(struct conn *c, const char *part, size_t length, double time) {
    static const char event_start[] = "data: ";
    if (expected && (c->body_len + length > expected_len || memcmp(expected + c->body_len, part, length))) c->wrong = true;
    c->body_len += length;
    size_t keep = length < KEPT - c->kept ? length : KEPT - c->kept;
    memcpy(c->body + c->kept, part, keep);
    c->kept += keep;
    for (size_t i = 0; i < length; i++) {
        if (part[i] != event_start[c->matched]) {
            c->matched = part[i] == 'd';
        } else if (++c->matched == sizeof event_start - 1) {
            c->matched = 0;
            c->events++;
            if (time >= window_start && time < window_end) events_in_window++;
            if (!c->first_event) c->first_event = time;
        }
    }
}

static void consume(struct conn *c, size_t count) {
    c->in_len -= count;
    memmove(c->in, c->in + count, c->in_len);
}

static bool take_head(struct conn *c) {
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!end) return false;
    *end = 0;
    char *length = strcasestr(c->in, "\ncontent-length:");
    c->status = atoi(c->in + 9);
    c->chunked = strcasestr(c->in, "\ntransfer-encoding: chunked");
    c->closes = strcasestr(c->in, "\nconnection: close");
    c->left = c->chunked ? 0 : length ? atol(length + 16) : -1;
    c->has_head = true;
    consume(c, end - c->in + 4);
    return true;
}

/* Take a body in chunks from the buffer; true when its end was there. */
static bool take_chunks(struct conn *c, double time) {
    size_t at = 0;
    bool ended = false;
    while (at < c->in_len && !ended) {
        size_t available = c->in_len - at;
        if (c->chunk == SIZE) {
            char *line_end = memmem(c->in + at, available, "\r\n", 2);
            if (!line_end) break;
            c->left = strtol(c->in + at, NULL, 16);
            c->chunk = c->left ? DATA : LAST;
            at = line_end - c->in + 2;
        } else if (c->chunk == DATA) {
            size_t part = available < (size_t)c->left ? available : (size_t)c->left;
            look(c, c->in + at, part, time);
            at += part, c->left -= part;
            if (!c->left) c->chunk = DATA_END;
        } else {
            if (available < 2) break;
            at += 2;
            ended = c->chunk == LAST;
            c->chunk = SIZE;
        }
    }
    consume(c, at);
    return ended;
}

/* Take what came in; true when the answer is complete. */
static bool take(struct conn *c, double time) {
    if (!c->has_head && !take_head(c)) return false;
    if (c->chunked) return take_chunks(c, time);
    size_t part = c->left < 0 || c->in_len < (size_t)c->left ? c->in_len : (size_t)c->left;
    look(c, c->in, part, time);
    consume(c, part);
    if (c->left >= 0) c->left -= part;
    return c->left == 0;
}

/* Read from a connection; true when it is free for the next request. */
static bool receive(struct conn *c) {
    ssize_t got = recv(c->fd, c->in + c->in_len, BUFFER - c->in_len - 1, MSG_DONTWAIT);
    double time = now();
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {
        bool was_busy = c->busy;
        if (was_busy && c->has_head && c->left < 0 && !c->chunked) complete(c, time);
        else if (was_busy) fail("the target closed the connection");
        reopen(c);
        return was_busy;
    }
    if (!c->busy) return false;
    c->in_len += got;
    c->in[c->in_len] = 0;
    if (!take(c, time)) return false;
    complete(c, time);
    if (c->closes) reopen(c);
    return true;
}

/* -- the run -- */

static double due[QUEUE]; /* ring of the requests that wait for a free connection */
static unsigned long due_first, due_last;

/* Put all arrivals up to `time` into the queue; when the next one is due. */
static double arrive(double next, double time, double rate) {
    for (; next <= time; next += -log(1 - drand48()) / rate) {
        if (next >= window_end) return INFINITY;
        if (due_last - due_first == QUEUE) unsent++;
        else due[due_last++ % QUEUE] = next;
    }
    return next;
}

static void set_timer(int timer, double at) {
    struct itimerspec when = {.it_value = {(time_t)at, (long)((at - (time_t)at) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void run(struct conn *conns, int count, double rate) {
    struct epoll_event ready[BATCH];
    struct conn **idle = malloc(count * sizeof *idle);
    int idle_count = 0, busy = 0, timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &timer};
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e);
    for (int i = count - 1; i >= 0; i--) idle[idle_count++] = &conns[i];
    double next = now();
    for (double time = next; time < window_end || (busy && time < window_end + DRAIN); time = now()) {
        if (rate > 0) {
            next = arrive(next, time, rate);
            set_timer(timer, next < window_end ? next : window_end + DRAIN);
            for (; idle_count && due_first < due_last; busy++) issue(idle[--idle_count], due[due_first++ % QUEUE]);
        } else if (time < window_end) {
            for (; idle_count; busy++) issue(idle[--idle_count], now());
        }
        int found = epoll_wait(epoll, ready, BATCH, 50);
        for (int i = 0; i < found; i++) {
            unsigned long expirations;
            if (ready[i].data.ptr == &timer) (void)!read(timer, &expirations, sizeof expirations);
            else if (receive(ready[i].data.ptr)) idle[idle_count++] = ready[i].data.ptr, busy--;
        }
    }
    unsent += due_last - due_first + busy;
}

static void print_result(double seconds) {
    qsort(latency.at, latency.count, sizeof(double), ascending);
    qsort(first_event.at, first_event.count, sizeof(double), ascending);
    for (char *p = last_error; *p; p++) {
        if (*p == '"' || *p == '\\' || (unsigned char)*p < 32 || (unsigned char)*p > 126) *p = '\'';
    }
    printf("{\"seconds\":%.3f,\"completed\":%ld,\"rps\":%.2f,\"samples\":%zu,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,",
           seconds, completed, in_window / seconds, latency.count, quantile_ms(&latency, .5), quantile_ms(&latency, .9),
           quantile_ms(&latency, .99));
    printf("\"max\":%.4f,\"first50\":%.4f,\"first99\":%.4f,\"events\":%ld,\"events_per_s\":%.1f,", quantile_ms(&latency, 1),
           quantile_ms(&first_event, .5), quantile_ms(&first_event, .99), all_events, events_in_window / seconds);
    printf("\"wrong_status\":%ld,\"wrong_body\":%ld,\"failed\":%ld,\"unanswered\":%ld,\"last_status\":%d,\"error\":\"%s\"}\n",
           wrong_status, wrong_body, failed, unsent, last_status, last_error);
}

static char *read_file(const char *name, size_t *length) {
    FILE *file = fopen(name, "rb");
    if (!file) die(name);
    fseek(file, 0, SEEK_END);
    *length = ftell(file);
    rewind(file);
    char *data = malloc(*length + 1);
    if (fread(data, 1, *length, file) != *length) die(name);
    fclose(file);
    return data;
}

static void build_request(const char *path, const char *body_file, const char *headers) {
    size_t body_len;
    char *body = read_file(body_file, &body_len);
    request = malloc(body_len + 8192);
    request_len = sprintf(request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: loadgen\r\nAccept: */*\r\nAuthorization: "
                          "Bearer sk-bench\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
                          path, port, headers, body_len);
    memcpy(request + request_len, body, body_len);
    request_len += body_len;
    for (char *p = request; (p = memmem(p, request + request_len - p, "@@@@@@@@", 8)); p += 8) {
        if (place_count < PLACES) places[place_count++] = p - request;
    }
}

int main(int argc, char **argv) {
    const char *path = "/v1/chat/completions", *body_file = NULL;
    char headers[4096] = "";
    int count = 50, option;
    double duration = 5, rate = 0, warm_up = 0.5;
    while ((option = getopt(argc, argv, "p:u:b:c:d:r:w:H:n:x:m:")) > 0) {
        if (option == 'p') port = atoi(optarg);
        else if (option == 'u') path = optarg;
        else if (option == 'b') body_file = optarg;
        else if (option == 'c') count = atoi(optarg);
        else if (option == 'd') duration = atof(optarg);
        else if (option == 'r') rate = atof(optarg);
        else if (option == 'w') warm_up = atof(optarg);
        else if (option == 'H') strcat(strcat(headers, optarg), "\r\n");
        else if (option == 'n') number = strtoul(optarg, NULL, 10);
        else if (option == 'x') expected = read_file(optarg, &expected_len);
        else if (option == 'm') marker = optarg;
        else return 2;
    }
    if (!port || !body_file || count < 1) return fprintf(stderr, "loadgen: -p, -b and -c are needed\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    srand48(number + 1);
    build_request(path, body_file, headers);
    epoll = epoll_create1(0);
    struct conn *conns = calloc(count, sizeof *conns);
    for (int i = 0; i < count; i++) {
        conns[i].in = malloc(BUFFER);
        conns[i].body = malloc(KEPT);
        open_connection(&conns[i]);
    }
    window_start = now() + warm_up;
    window_end = window_start + duration;
    run(conns, count, rate);
    print_result(duration);
    return 0;
}
