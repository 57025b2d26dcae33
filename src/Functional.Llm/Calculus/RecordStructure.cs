using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Functional.Llm;

/// <summary>A record: every operation is a rebuilding of it, field by field.</summary>
abstract class RecordStructure<T> : Structure<T>
{
    protected abstract T Rebuild(T value, IFields<T> of);

    public override void Flatten(T like, T value, string path, List<Leaf> sink)
    {
        if (like is not null)
            Rebuild(like, new Flattening(like, value, path, sink));
    }

    public override T Unflatten(T like, LeafSource source) => like is null ? like : Rebuild(like, new Unflattening(like, source));

    public override T Add(T a, T b) => a is null ? b : b is null ? a : Rebuild(a, new Adding(a, b));

    sealed class Flattening(T like, T value, string path, List<Leaf> sink) : IFields<T>
    {
        public F Field<F>(Func<T, F> get, string name = "")
        {
            Structure<F>.Instance.Flatten(get(like), value is null ? default! : get(value), Join(name), sink);
            return get(like);
        }

        public ImmutableArray<E> Array<E>(Func<T, ImmutableArray<E>> get, string name = "")
        {
            Arrays<E>.Structure.Flatten(get(like), value is null ? default : get(value), Join(name), sink);
            return get(like);
        }

        // A self-described record hands over the text of its getter, "p => p.Weight".
        string Join(string name) => path.Length == 0 ? name[(name.LastIndexOf('.') + 1)..] : $"{path}.{name[(name.LastIndexOf('.') + 1)..]}";
    }

    sealed class Unflattening(T like, LeafSource source) : IFields<T>
    {
        public F Field<F>(Func<T, F> get, string name = "") => Structure<F>.Instance.Unflatten(get(like), source);

        public ImmutableArray<E> Array<E>(Func<T, ImmutableArray<E>> get, string name = "") => Arrays<E>.Structure.Unflatten(get(like), source);
    }

    sealed class Adding(T a, T b) : IFields<T>
    {
        public F Field<F>(Func<T, F> get, string name = "") => Structure<F>.Instance.Add(get(a), get(b));

        public ImmutableArray<E> Array<E>(Func<T, ImmutableArray<E>> get, string name = "") => Arrays<E>.Structure.Add(get(a), get(b));
    }

    static class Arrays<E>
    {
        public static readonly ArrayStructure<E> Structure = new();
    }
}

/// <summary>A record that names its own fields.</summary>
sealed class SelfDescribedStructure<T> : RecordStructure<T>
{
    protected override T Rebuild(T value, IFields<T> of) => ((ITree<T>)value!).Rebuild(of);
}

/// <summary>A record or tuple whose fields the primary constructor names.</summary>
[RequiresUnreferencedCode("Records are taken apart by reflection.")]
[RequiresDynamicCode("Records are taken apart by reflection.")]
sealed class ReflectedStructure<T>(RecordType record) : RecordStructure<T>
{
    readonly ConstructorInvoker constructor = ConstructorInvoker.Create(record.Constructor);

    readonly ImmutableArray<ReflectedField<T>> fields = [.. record.Types.Select((type, i) =>
        (ReflectedField<T>)Activator.CreateInstance(typeof(ReflectedField<,>).MakeGenericType(typeof(T), type), record, i)!)];

    protected override T Rebuild(T value, IFields<T> of)
    {
        var arguments = new object?[fields.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = fields[i].Visit(of);
        return (T)constructor.Invoke(arguments);
    }
}

abstract class ReflectedField<T>
{
    public abstract object? Visit(IFields<T> fields);
}

[RequiresUnreferencedCode("Records are taken apart by reflection.")]
[RequiresDynamicCode("Records are taken apart by reflection.")]
sealed class ReflectedField<T, F>(RecordType record, int index) : ReflectedField<T>
{
    readonly Func<T, F> get = record.Getter<T, F>(index);
    readonly string name = record.Names[index];

    public override object? Visit(IFields<T> fields) => fields.Field(get, name);
}

[RequiresUnreferencedCode("Records are taken apart by reflection.")]
[RequiresDynamicCode("Records are taken apart by reflection.")]
static class ReflectedStructure
{
    /// <summary>The structure of an array, a tuple or a record; anything else is a constant.</summary>
    public static Structure<T> Of<T>() =>
        typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? (Structure<T>)Activator.CreateInstance(typeof(ArrayStructure<>).MakeGenericType(typeof(T).GenericTypeArguments))!
        : !typeof(T).IsPrimitive && !typeof(T).IsEnum && RecordType.Of(typeof(T)) is { } record ? new ReflectedStructure<T>(record)
        : new ConstantStructure<T>();
}
