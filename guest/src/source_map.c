/* Source maps: the author's positions in place of those of the generated code. Part of engine_unit.c.

   A module may end in a map (runtime/bundle/src/source_map.rs puts it there, in one form). It is read once, when the module
   is compiled, and the tables from which the engine takes the positions of a stack are written anew. So a stack names
   the author's files, lines and columns by itself, and costs what it costs without a map. What is wrong with a map can
   spoil positions, and nothing else. */

static const char SOURCE_MAP_MARK[] = "//# sourceMappingURL=data:application/json,";

typedef struct {
    int32_t line, column;                       /* in the generated code, from 0 */
    int32_t source, source_line, source_column; /* from 0 */
} Segment;

typedef struct {
    Segment *segments;
    size_t count, capacity;
    JSAtom *sources;
    int64_t source_count;
} SourceMap;

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Reads one number at *at; false at what is none. */
static bool take_vlq(const char **at, const char *end, int32_t *value)
{
    uint32_t bits = 0;
    for (int shift = 0; *at < end && shift < 30; shift += 5) {
        int digit = base64_digit(**at);
        if (digit < 0)
            return false;
        ++*at;
        bits |= (uint32_t)(digit & 31) << shift;
        if (!(digit & 32)) {
            *value = bits & 1 ? -(int32_t)(bits >> 1) : (int32_t)(bits >> 1);
            return true;
        }
    }
    return false;
}

/* A sum that stays a position; a map that lies may say anything. */
static bool move(int32_t *position, int32_t by)
{
    int64_t sum = (int64_t)*position + by;
    if (sum < 0 || sum > INT32_MAX - 1)
        return false;
    *position = (int32_t)sum;
    return true;
}

/* Reads `mappings` as far as they make sense. False without memory. */
static bool read_segments(JSContext *ctx, SourceMap *map, const char *at, size_t len)
{
    const char *end = at + len;
    Segment now = { 0 };
    int32_t last_column = -1;
    while (at < end) {
        if (*at == ';') {
            now.line++;
            now.column = 0;
            last_column = -1;
            at++;
            continue;
        }
        if (*at == ',') {
            at++;
            continue;
        }
        int32_t fields[5];
        int count = 0;
        while (at < end && *at != ',' && *at != ';') {
            if (count == 5 || !take_vlq(&at, end, &fields[count++]))
                return true;
        }
        if (!move(&now.column, fields[0]))
            return true;
        if (count == 1)
            continue;
        if (count < 4 || !move(&now.source, fields[1]) || !move(&now.source_line, fields[2]) || !move(&now.source_column, fields[3]))
            return true;
        /* They are looked up by halving, so what is out of order would never be found. */
        if (now.column <= last_column || now.source >= map->source_count)
            continue;
        last_column = now.column;
        if (map->count == map->capacity) {
            size_t capacity = map->capacity ? 2 * map->capacity : 256;
            Segment *more = js_realloc(ctx, map->segments, capacity * sizeof *more);
            if (!more)
                return false;
            map->segments = more;
            map->capacity = capacity;
        }
        map->segments[map->count++] = now;
    }
    return true;
}

/* The author's place of a line and column that are counted from 1. */
static const Segment *find_segment(const SourceMap *map, int line, int column)
{
    size_t low = 0, high = map->count;
    line--;
    column--;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Segment *s = &map->segments[middle];
        if (s->line < line || (s->line == line && s->column <= column))
            low = middle + 1;
        else
            high = middle;
    }
    return low && map->segments[low - 1].line == line ? &map->segments[low - 1] : NULL;
}

typedef struct {
    const uint8_t *at, *end;
    int line, column;
    uint32_t pc;
} Positions;

/* The next row of a function's table; the format is the engine's own, see find_line_num. */
static bool next_position(Positions *p)
{
    int32_t delta;
    if (p->at >= p->end)
        return false;
    unsigned op = *p->at++;
    if (op == 0) {
        uint32_t pc;
        int used = get_leb128(&pc, p->at, p->end);
        if (used < 0)
            return false;
        p->at += used;
        p->pc += pc;
        used = get_sleb128(&delta, p->at, p->end);
        if (used < 0)
            return false;
        p->at += used;
        p->line += delta;
    } else {
        op -= PC2LINE_OP_FIRST;
        p->pc += op / PC2LINE_RANGE;
        p->line += (int)(op % PC2LINE_RANGE) + PC2LINE_BASE;
    }
    int used = get_sleb128(&delta, p->at, p->end);
    if (used < 0)
        return false;
    p->at += used;
    p->column += delta;
    return true;
}

static Positions positions_of(const JSFunctionBytecode *b)
{
    return (Positions){ b->pc2line_buf, b->pc2line_buf + b->pc2line_len, b->line_num, b->col_num, 0 };
}

/* A function is of one source: that of its head, else of the first position in it that has one. */
static const Segment *head_of(const SourceMap *map, const JSFunctionBytecode *b)
{
    const Segment *found = find_segment(map, b->line_num, b->col_num);
    Positions p = positions_of(b);
    while (!found && next_position(&p))
        found = find_segment(map, p.line, p.column);
    return found;
}

static void map_function(JSContext *ctx, const SourceMap *map, JSFunctionBytecode *b)
{
    if (js_check_stack_overflow(ctx->rt, 0))
        return;
    for (int i = 0; i < b->cpool_count; i++) {
        if (JS_VALUE_GET_TAG(b->cpool[i]) == JS_TAG_FUNCTION_BYTECODE)
            map_function(ctx, map, JS_VALUE_GET_PTR(b->cpool[i]));
    }
    const Segment *head = b->pc2line_buf ? head_of(map, b) : NULL;
    if (!head)
        return;
    int line = head->source_line + 1, column = head->source_column + 1;
    uint32_t pc = 0;
    DynBuf table;
    js_dbuf_init(ctx, &table);
    Positions p = positions_of(b);
    int32_t source = head->source;
    int first_line = line, first_column = column;
    while (next_position(&p)) {
        const Segment *found = find_segment(map, p.line, p.column);
        if (!found || found->source != source)
            continue;
        int new_line = found->source_line + 1, new_column = found->source_column + 1;
        if (new_line == line && new_column == column)
            continue;
        dbuf_putc(&table, 0);
        dbuf_put_leb128(&table, p.pc - pc);
        dbuf_put_sleb128(&table, new_line - line);
        dbuf_put_sleb128(&table, new_column - column);
        pc = p.pc;
        line = new_line;
        column = new_column;
    }
    if (dbuf_error(&table)) {
        dbuf_free(&table);
        return;
    }
    js_free(ctx, b->pc2line_buf);
    b->pc2line_buf = table.buf;
    b->pc2line_len = (int)table.size;
    b->line_num = first_line;
    b->col_num = first_column;
    JS_FreeAtom(ctx, b->filename);
    b->filename = JS_DupAtom(ctx, map->sources[source]);
}

/* Applies the map in the last line of `text`, if there is one, to the compiled function. */
static void apply_source_map(JSContext *ctx, JSFunctionBytecode *b, const char *text, size_t len)
{
    size_t mark = sizeof SOURCE_MAP_MARK - 1, end = len;
    while (end && text[end - 1] == '\n')
        end--;
    size_t start = end;
    while (start && text[start - 1] != '\n')
        start--;
    if (end - start <= mark || memcmp(text + start, SOURCE_MAP_MARK, mark))
        return;
    char *json = js_strndup(ctx, text + start + mark, end - start - mark);
    JSValue parsed = json ? JS_ParseJSON(ctx, json, end - start - mark, "source map") : JS_EXCEPTION;
    js_free(ctx, json);
    JSValue sources = JS_UNDEFINED, mappings = JS_UNDEFINED;
    SourceMap map = { 0 };
    int64_t count = 0;
    size_t mappings_len = 0;
    const char *mappings_text = NULL;
    if (JS_IsObject(parsed)) {
        sources = JS_GetPropertyStr(ctx, parsed, "sources");
        mappings = JS_GetPropertyStr(ctx, parsed, "mappings");
    }
    if (JS_IsString(mappings) && JS_IsArray(sources) && !JS_GetLength(ctx, sources, &count) && count > 0 && count < 1 << 20) {
        map.sources = js_mallocz(ctx, (size_t)count * sizeof *map.sources);
        for (int64_t i = 0; map.sources && i < count; i++) {
            JSValue name = JS_GetPropertyInt64(ctx, sources, i);
            map.sources[i] = JS_ValueToAtom(ctx, name);
            JS_FreeValue(ctx, name);
            map.source_count = i + 1;
        }
        mappings_text = JS_ToCStringLen(ctx, &mappings_len, mappings);
        if (map.sources && mappings_text && read_segments(ctx, &map, mappings_text, mappings_len) && map.count)
            map_function(ctx, &map, b);
    }
    for (int64_t i = 0; i < map.source_count; i++)
        JS_FreeAtom(ctx, map.sources[i]);
    js_free(ctx, map.sources);
    js_free(ctx, map.segments);
    JS_FreeCString(ctx, mappings_text);
    JS_FreeValue(ctx, mappings);
    JS_FreeValue(ctx, sources);
    JS_FreeValue(ctx, parsed);
    /* A map that cannot be read is no map. */
    JS_FreeValue(ctx, JS_GetException(ctx));
}

void holm_engine_map_module(JSContext *ctx, JSModuleDef *module, const char *text, size_t len)
{
    if (JS_VALUE_GET_TAG(module->func_obj) == JS_TAG_FUNCTION_BYTECODE)
        apply_source_map(ctx, JS_VALUE_GET_PTR(module->func_obj), text, len);
}

void holm_engine_map_function(JSContext *ctx, JSValueConst function, const char *text, size_t len)
{
    if (JS_GetClassID(function) == JS_CLASS_BYTECODE_FUNCTION)
        apply_source_map(ctx, JS_VALUE_GET_OBJ(function)->u.func.function_bytecode, text, len);
}
