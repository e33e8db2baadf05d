/* Part of engine_unit.c: structuredClone of what most values are made of, plain objects, arrays and primitives. All else
   is copied by the built-ins (web/clone), which this calls and which call this for what is inside. */

typedef struct {
    JSContext *ctx;
    JSMapState *copies; /* of each object met so far */
    JSValueConst memory, other;
} Cloning;

static JSValue clone_value(Cloning *c, JSValueConst value);

static bool length_is(const JSObject *array, uint32_t length)
{
    JSValue found = array->prop[0].u.value;
    return JS_VALUE_GET_TAG(found) == JS_TAG_INT && (uint32_t)JS_VALUE_GET_INT(found) == length;
}

static int clone_remember(Cloning *c, JSValueConst value, JSValueConst copy)
{
    JSMapRecord *record = map_add_record(c->ctx, c->copies, value);
    if (!record)
        return -1;
    record->value = js_dup(copy);
    return 0;
}

/* An array without holes, and without properties of its own beside its elements. Getters inside may change it. */
static JSValue clone_array(Cloning *c, JSValueConst value)
{
    JSContext *ctx = c->ctx;
    JSObject *from = JS_VALUE_GET_OBJ(value);
    uint32_t length = from->u.array.count;
    JSValue copy = JS_NewArray(ctx);
    if (JS_IsException(copy) || (length && expand_fast_array(ctx, JS_VALUE_GET_OBJ(copy), length)) || clone_remember(c, value, copy))
        goto fail;
    for (uint32_t i = 0; i < length; i++) {
        JSValue item;
        if (likely(from->fast_array && i < from->u.array.count)) {
            item = js_dup(from->u.array.u.values[i]);
        } else {
            JSAtom atom = JS_NewAtomUInt32(ctx, i);
            int there = atom == JS_ATOM_NULL ? -1 : JS_GetOwnPropertyInternal(ctx, NULL, from, atom);
            JS_FreeAtom(ctx, atom);
            if (there < 0)
                goto fail;
            if (!there)
                continue;
            item = JS_GetPropertyUint32(ctx, value, i);
            if (JS_IsException(item))
                goto fail;
        }
        if (JS_IsObject(item) || JS_IsSymbol(item)) {
            JSValue inner = clone_value(c, item);
            JS_FreeValue(ctx, item);
            item = inner;
            if (JS_IsException(item))
                goto fail;
        }
        if (JS_DefinePropertyValueUint32(ctx, copy, i, item, JS_PROP_C_W_E) < 0)
            goto fail;
    }
    if (unlikely(!length_is(JS_VALUE_GET_OBJ(copy), length)) && JS_SetPropertyStr(ctx, copy, "length", JS_NewUint32(ctx, length)) < 0)
        goto fail;
    return copy;
fail:
    JS_FreeValue(ctx, copy);
    return JS_EXCEPTION;
}

static JSValue clone_object(Cloning *c, JSValueConst value)
{
    JSContext *ctx = c->ctx;
    JSObject *from = JS_VALUE_GET_OBJ(value);
    JSPropertyEnum *keys = NULL;
    uint32_t count = 0;
    JSValue copy = JS_NewObject(ctx);
    if (JS_IsException(copy) || clone_remember(c, value, copy)
        || JS_GetOwnPropertyNamesInternal(ctx, &keys, &count, from, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY))
        goto fail;
    for (uint32_t i = 0; i < count; i++) {
        JSProperty *property;
        JSShapeProperty *shape = find_own_property(&property, from, keys[i].atom);
        if (!shape) /* a getter that ran before has removed it */
            continue;
        JSValue item = likely((shape->flags & JS_PROP_TMASK) == JS_PROP_NORMAL) ? js_dup(property->u.value)
                                                                               : JS_GetProperty(ctx, value, keys[i].atom);
        if (JS_IsException(item))
            goto fail;
        if (JS_IsObject(item) || JS_IsSymbol(item)) {
            JSValue inner = clone_value(c, item);
            JS_FreeValue(ctx, item);
            item = inner;
            if (JS_IsException(item))
                goto fail;
        }
        /* A new object that nobody else knows, and every key once. */
        JSProperty *place = add_property(ctx, JS_VALUE_GET_OBJ(copy), keys[i].atom, JS_PROP_C_W_E);
        if (!place) {
            JS_FreeValue(ctx, item);
            goto fail;
        }
        place->u.value = item;
    }
    js_free_prop_enum(ctx, keys, count);
    return copy;
fail:
    js_free_prop_enum(ctx, keys, count);
    JS_FreeValue(ctx, copy);
    return JS_EXCEPTION;
}

static JSValue clone_value(Cloning *c, JSValueConst value)
{
    (void)js_get_stack_pointer();
    JSContext *ctx = c->ctx;
    if (js_check_stack_overflow(ctx->rt, 0))
        return JS_ThrowStackOverflow(ctx);
    if (JS_IsObject(value)) {
        JSMapRecord *known = map_find_record(ctx, c->copies, value);
        if (known)
            return js_dup(known->value);
        JSObject *object = JS_VALUE_GET_OBJ(value);
        if (object->class_id == JS_CLASS_ARRAY && object->fast_array && object->shape->prop_count == 1
            && length_is(object, object->u.array.count))
            return clone_array(c, value);
        if (object->class_id == JS_CLASS_OBJECT && !object->is_exotic
            && (!object->shape->proto || object->shape->proto == JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT])))
            return clone_object(c, value);
    } else if (!JS_IsSymbol(value)) {
        return js_dup(value);
    }
    JSValueConst arguments[] = { value, c->memory };
    return JS_Call(ctx, c->other, JS_UNDEFINED, 2, arguments);
}

/* clone(value, memory, other): `memory` is a Map of the copies made so far; other(value, memory) copies the rest. */
static NATIVE(js_clone)
{
    Cloning cloning = { ctx, JS_GetOpaque2(ctx, argv[1], JS_CLASS_MAP), argv[1], argv[2] };
    return cloning.copies ? clone_value(&cloning, argv[0]) : JS_EXCEPTION;
}

void clone_install(JSContext *ctx, JSValue target)
{
    JS_DefinePropertyValueStr(ctx, target, "clone", JS_NewCFunction(ctx, js_clone, "clone", 3), JS_PROP_C_W_E);
}
