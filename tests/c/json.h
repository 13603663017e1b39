/* Reads JSON, for tests that share vectors with other languages. Numbers are integers. A string is bytes: each character
 * U+0000 to U+00FF is one byte. Any other content ends the test. */
#ifndef JSON_H
#define JSON_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    int64_t number;
    char *text; /* the bytes of a string and a NUL */
    size_t size;
    char *key; /* the key, if the value is a member of an object */
    struct json *first, *next;
};

static inline void json_wrong(const char *what, const char *at)
{
    fprintf(stderr, "json: %s at \"%.40s\"\n", what, at);
    exit(1);
}

static inline const char *json_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Consumes one character, which must be there. */
static inline const char *json_past(const char *at, char wanted)
{
    if (*at != wanted)
        json_wrong("something else was expected", at);
    return at + 1;
}

/* Reads the character after a backslash. */
static inline const char *json_escaped(const char *at, char *byte)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *letter = strchr(letters, *at);
    char digits[5] = "", *end = digits;
    unsigned long code = 0;

    if (*at != '\0' && letter != NULL) {
        *byte = bytes[letter - letters];
        return at + 1;
    }
    if (*at == 'u') { /* not sscanf, which would search for the end of the whole text each time */
        strncpy(digits, at + 1, 4);
        code = strtoul(digits, &end, 16);
    }
    if (end != digits + 4 || code > 0xff)
        json_wrong("no escape of a byte", at);
    *byte = (char)code;
    return at + 5;
}

static inline const char *json_string(const char *at, char **text, size_t *size)
{
    char *out;

    at = json_past(at, '"');
    /* a string has no raw newline, and its spelling is not shorter than its bytes */
    out = *text = (char *)malloc(strcspn(at, "\n") + 1);
    while (*at != '"') {
        if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
            json_wrong("a raw character that is not ASCII", at);
        if (*at == '\\')
            at = json_escaped(at + 1, out);
        else
            *out = *at++;
        out++;
    }
    *out = '\0';
    *size = (size_t)(out - *text);
    return at + 1;
}

static inline const char *json_value(const char *at, struct json *value);

/* Reads the members of an array or object, with the closing bracket. */
static inline const char *json_members(const char *at, struct json *parent, char end)
{
    struct json **link = &parent->first;
    size_t size;

    at = json_space(at + 1);
    while (*at != end) {
        struct json *member = *link = (struct json *)calloc(1, sizeof *member);

        if (parent->kind == JSON_OBJECT)
            at = json_past(json_space(json_string(at, &member->key, &size)), ':');
        at = json_space(json_value(at, member));
        link = &member->next;
        if (*at != end)
            at = json_space(json_past(at, ','));
    }
    return at + 1;
}

static inline const char *json_value(const char *at, struct json *value)
{
    static const char *const words[] = {"null", "false", "true"}; /* in the order of their kinds */
    char *end;

    at = json_space(at);
    for (int i = JSON_NULL; i <= JSON_TRUE; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0) {
            value->kind = (enum json_kind)i;
            return at + strlen(words[i]);
        }
    if (*at == '"') {
        value->kind = JSON_STRING;
        return json_string(at, &value->text, &value->size);
    }
    if (*at == '[' || *at == '{') {
        value->kind = *at == '[' ? JSON_ARRAY : JSON_OBJECT;
        return json_members(at, value, *at == '[' ? ']' : '}');
    }
    value->kind = JSON_NUMBER;
    errno = 0;
    value->number = strtoll(at, &end, 10);
    if (end == at || errno != 0 || strchr(".eE", *end) != NULL)
        json_wrong("no integer", at);
    return end;
}

/* Reads a file; the caller frees the value with json_free. */
static inline struct json *json_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct json *value = (struct json *)calloc(1, sizeof *value);
    char *text = NULL;
    size_t size = 0;

    if (file == NULL || getdelim(&text, &size, '\0', file) < 0)
        json_wrong("a file that cannot be read", path);
    fclose(file);
    if (*json_space(json_value(text, value)) != '\0')
        json_wrong("more than one value", path);
    free(text);
    return value;
}

static inline void json_free(struct json *value)
{
    while (value != NULL) {
        struct json *next = value->next;

        json_free(value->first);
        free(value->text);
        free(value->key);
        free(value);
        value = next;
    }
}

/* Returns a member of an object, or NULL if there is no such key. */
static inline const struct json *json_get(const struct json *object, const char *key)
{
    const struct json *member = object->first;

    while (member != NULL && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

/* Returns the number of a member, or the given default if the member is absent or null. */
static inline int64_t json_number(const struct json *object, const char *key, int64_t otherwise)
{
    const struct json *member = json_get(object, key);

    if (member == NULL || member->kind == JSON_NULL)
        return otherwise;
    return member->kind == JSON_NUMBER ? member->number : member->kind == JSON_TRUE;
}

/* Returns the string of a member, or NULL. */
static inline const char *json_text(const struct json *object, const char *key)
{
    const struct json *member = json_get(object, key);

    return member != NULL ? member->text : NULL;
}

#endif
