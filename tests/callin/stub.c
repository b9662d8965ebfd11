/*
 * A library in the shape of libirisdb.so that does as it is told: every function can be made to answer any code, to scribble
 * over its buffers, and to be absent. It counts its calls and keeps a log of them. It simulates nothing.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "iris-callin.h"

#define NAMES 96

static struct {
    char name[40];
    int calls;
    int code;
    int after; /* calls that still succeed before the code is answered */
} table[NAMES];
static char log_text[8192];
static int live_strings;
static int answer_len = 5;
static int mode;

enum { MODE_PLAIN, MODE_HUGE_LEN, MODE_NULL_WITH_LEN, MODE_FAIL_WITH_STRING, MODE_SCRIBBLE_ERROR,
       MODE_LONG_ERROR, MODE_NULL_EMPTY, MODE_THREAD_EXIT, MODE_NEW_FAILS };

static int row(const char *name) {
    int i = 0;
    while (i < NAMES - 1 && table[i].name[0] && strcmp(table[i].name, name) != 0) i++;
    if (!table[i].name[0]) snprintf(table[i].name, sizeof table[i].name, "%s", name);
    return i;
}

static int enter(const char *name) {
    int i = row(name);
    table[i].calls++;
    if (table[i].after > 0) {
        table[i].after--;
        return 0;
    }
    return table[i].code;
}

static void note(const char *text) {
    if (strlen(log_text) + strlen(text) + 2 < sizeof log_text) {
        strcat(log_text, text);
        strcat(log_text, ";");
    }
}

#define ENTER(name)                 \
    do {                            \
        int code_ = enter(#name);   \
        if (code_ != 0) return code_; \
    } while (0)

/* ---- What a test says and asks ---- */

void stub_fail(const char *name, int code, int after) {
    int i = row(name);
    table[i].code = code;
    table[i].after = after;
}
int stub_calls(const char *name) { return table[row(name)].calls; }
void stub_mode(int m) { mode = m; }
void stub_answer(int len) { answer_len = len; }
int stub_live_strings(void) { return live_strings; }
const char *stub_log(void) { return log_text; }

/* ---- Session ---- */

int IrisSetDir(char *directory) {
    char text[300];
    snprintf(text, sizeof text, "dir %s", directory);
    note(text);
    ENTER(IrisSetDir);
    return 0;
}

int IrisSecureStartA(IRIS_ASTRP user, IRIS_ASTRP password, IRIS_ASTRP program, unsigned long flags, int timeout,
                     IRIS_ASTRP input, IRIS_ASTRP output) {
    char text[300];
    snprintf(text, sizeof text, "startA %.*s/%.*s/%.*s flags %lu timeout %d devices %d", user->len, (char *)user->str,
             password->len, (char *)password->str, program->len, (char *)program->str, flags, timeout,
             input != NULL || output != NULL);
    note(text);
    ENTER(IrisSecureStartA);
    return 0;
}

#ifndef WITHOUT_START_W
int IrisSecureStartW(IRISWSTRP user, IRISWSTRP password, IRISWSTRP program, unsigned long flags, int timeout,
                     IRISWSTRP input, IRISWSTRP output) {
    char text[300];
    snprintf(text, sizeof text, "startW %d/%d/%d first %04x flags %lu timeout %d devices %d", user->len, password->len,
             program->len, user->str[0], flags, timeout, input != NULL || output != NULL);
    note(text);
    ENTER(IrisSecureStartW);
    return 0;
}
#endif

int IrisChangePasswordA(IRIS_ASTRP user, IRIS_ASTRP old_password, IRIS_ASTRP new_password) {
    char text[300];
    snprintf(text, sizeof text, "change %.*s/%.*s/%.*s", user->len, (char *)user->str, old_password->len,
             (char *)old_password->str, new_password->len, (char *)new_password->str);
    note(text);
    ENTER(IrisChangePasswordA);
    return 0;
}

int IrisEnd(void) {
    ENTER(IrisEnd);
    return 0;
}

#ifndef WITHOUT_ABORT
int IrisAbort(unsigned long kind) {
    char text[40];
    snprintf(text, sizeof text, "abort %lu", kind);
    note(text);
    ENTER(IrisAbort);
    return 0;
}
#endif

/* ---- Errors ---- */

static int put(IRIS_ASTRP buffer, const char *text) {
    size_t n = strlen(text);
    if (buffer->len < n) return IRIS_RETTOOSMALL;
    memcpy(buffer->str, text, n);
    buffer->len = (unsigned short)n;
    return 0;
}

int IrisErrorA(IRIS_ASTRP message, IRIS_ASTRP source, int *offset) {
    char text[80];
    snprintf(text, sizeof text, "error %d %d", message->len, source->len);
    note(text);
    ENTER(IrisErrorA);
    *offset = 1;
    if (mode == MODE_SCRIBBLE_ERROR) {
        memset(message->str, 0xE4, sizeof message->str);
        message->len = 65535;
        source->len = 65535;
        return 0;
    }
    if (mode == MODE_LONG_ERROR) {
        static char longest[1001];
        memset(longest, 'x', 1000);
        int code = put(message, longest);
        return code != 0 ? code : put(source, "");
    }
    int code = put(message, "<DIVIDE>Entry+1^Test");
    return code != 0 ? code : put(source, " Set a=1/0");
}

int IrisErrxlateA(int number, IRIS_ASTRP name) {
    char text[40];
    ENTER(IrisErrxlateA);
    if (number < 1 || number > 207) return IRIS_ERUNKNOWN;
    snprintf(text, sizeof text, "<E%d>", number);
    return put(name, text);
}

int IrisEvalA(IRIS_ASTRP volatile expression) {
    char text[80];
    snprintf(text, sizeof text, "eval %.*s", expression->len, (char *)expression->str);
    note(text);
    ENTER(IrisEvalA);
    return 0;
}

int IrisConvert(unsigned long type, void *buffer) {
    ENTER(IrisConvert);
    if (type != IRIS_ASTRING) return IRIS_BADARG;
    return put(buffer, "a stub");
}

/* ---- Stack ---- */

int IrisPushInt64(long long value) {
    char text[60];
    snprintf(text, sizeof text, "int %lld", value);
    note(text);
    ENTER(IrisPushInt64);
    return 0;
}

int IrisPushStr(int len, const Callin_char_t *str) {
    char text[60];
    snprintf(text, sizeof text, "str %d %.*s", len, len < 20 ? len : 20, (const char *)str);
    note(text);
    ENTER(IrisPushStr);
    return 0;
}

int IrisPushExStr(IRIS_EXSTRP value) {
    char text[60];
    snprintf(text, sizeof text, "exstr %u %02x %02x", value->len, value->str.ch[0], value->str.ch[value->len - 1]);
    note(text);
    ENTER(IrisPushExStr);
    return 0;
}

int IrisPop(void **entry) {
    ENTER(IrisPop);
    *entry = NULL;
    return 0;
}

int IrisPopOref(unsigned int *oref) {
    ENTER(IrisPopOref);
    *oref = (unsigned int)answer_len;
    return 0;
}

int IrisPopExStr(IRIS_EXSTRP value) {
    if (value->len != 0 || value->str.ch != NULL) return IRIS_EXSTR_INUSE;
    int code = enter("IrisPopExStr");
    if (code != 0 && mode != MODE_FAIL_WITH_STRING) return code;
    if (mode == MODE_NULL_WITH_LEN) {
        value->len = 7;
        return 0;
    }
    if (mode == MODE_NULL_EMPTY) return 0;
    value->str.ch = malloc((size_t)answer_len + 1);
    memset(value->str.ch, 'a', (size_t)answer_len);
    value->len = mode == MODE_HUGE_LEN ? 0xFFFFFFF0u : (unsigned int)answer_len;
    live_strings++;
    return code;
}

unsigned char *IrisExStrNew(IRIS_EXSTRP value, int len) {
    enter("IrisExStrNew");
    if (mode == MODE_NEW_FAILS) return NULL;
    value->str.ch = malloc((size_t)len + 1);
    value->len = (unsigned int)len;
    live_strings++;
    return value->str.ch;
}

int IrisExStrKill(IRIS_EXSTRP value) {
    int code = enter("IrisExStrKill");
    if (value->str.ch == NULL) return IRIS_ERUNIMPLEMENTED;
    free(value->str.ch);
    value->str.ch = NULL;
    value->len = 0;
    live_strings--;
    return code;
}

/* ---- Objects ---- */

int IrisPushClassMethod(int class_len, const Callin_char_t *class_name, int method_len, const Callin_char_t *method,
                        int returns) {
    char text[200];
    snprintf(text, sizeof text, "class %.*s.%.*s %d", class_len, (const char *)class_name, method_len,
             (const char *)method, returns);
    note(text);
    ENTER(IrisPushClassMethod);
    return 0;
}

#ifndef WITHOUT_INVOKE
int IrisInvokeClassMethod(int arguments) {
    char text[60];
    snprintf(text, sizeof text, "invokeclass %d", arguments);
    note(text);
    ENTER(IrisInvokeClassMethod);
    return 0;
}
#endif

int IrisPushMethod(unsigned int oref, int method_len, const Callin_char_t *method, int returns) {
    char text[200];
    snprintf(text, sizeof text, "method %u.%.*s %d", oref, method_len, (const char *)method, returns);
    note(text);
    ENTER(IrisPushMethod);
    return 0;
}

int IrisInvokeMethod(int arguments) {
    char text[60];
    snprintf(text, sizeof text, "invoke %d", arguments);
    note(text);
    if (mode == MODE_THREAD_EXIT) pthread_exit(NULL);
    ENTER(IrisInvokeMethod);
    return 0;
}

int IrisCloseOref(unsigned int oref) {
    char text[60];
    snprintf(text, sizeof text, "close %u", oref);
    note(text);
    ENTER(IrisCloseOref);
    return 0;
}

/* ---- Transactions and locks ---- */

int IrisTLevel(void) { return enter("IrisTLevel"); }

int IrisTRollback(int one_level) {
    char text[40];
    snprintf(text, sizeof text, "rollback %d", one_level);
    note(text);
    ENTER(IrisTRollback);
    return 0;
}

int IrisReleaseAllLocks(void) {
    ENTER(IrisReleaseAllLocks);
    return 0;
}
