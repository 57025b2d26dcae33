using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Functional.Llm;

/// <summary>A part of a record: how to read it, and how to make a gradient of the whole from one of the part.</summary>
/// <param name="Name">The way to the part, as in <c>Mlp.Up</c>; errors tell it.</param>
/// <param name="Get">Reads the part.</param>
/// <param name="Inject">The whole with only this part set; all else is a symbolic zero. ⟨Inject d, v⟩ = ⟨d, Get v⟩.</param>
public sealed record Field<Q, P>(string Name, Func<Q, P> Get, Func<P, Q> Inject)
{
    /// <summary>A part of this part.</summary>
    public Field<Q, R> Then<R>(Field<P, R> inner) =>
        new($"{Name}.{inner.Name}", q => inner.Get(Get(q)), r => Inject(inner.Inject(r)));
}

/// <summary>Fields from expressions such as <c>θ => θ.Mlp.Up</c>, derived once and kept.</summary>
[RequiresUnreferencedCode("Records are taken apart by reflection.")]
[RequiresDynamicCode("Records are taken apart by reflection.")]
static class Field
{
    /// <summary>The field that an expression names.</summary>
    /// <exception cref="FunctionalLlmException">The expression is not a path of record fields.</exception>
    public static Field<Q, P> Of<Q, P>(Expression<Func<Q, P>> path)
    {
        var members = new Stack<MemberInfo>();
        var place = path.Body;
        for (; place is MemberExpression member; place = member.Expression!)
            members.Push(member.Member);
        if (place != path.Parameters[0] || members.Count == 0)
            throw new FunctionalLlmException($"at: '{path}' is not a path of fields. Name a field of the parameter record, as in θ => θ.Mlp.Up.");
        return (Field<Q, P>)Derived<Q>.Fields.GetOrAdd(string.Join('.', members.Select(m => m.Name)), _ => Chain(typeof(Q), members));
    }

    static object Chain(Type owner, Stack<MemberInfo> members)
    {
        var first = Step(owner, members.Pop());
        return members.Count == 0 ? first : Then(first, Chain(first.GetType().GenericTypeArguments[1], members));
    }

    static object Then(object first, object second) =>
        first.GetType().GetMethod("Then")!.MakeGenericMethod(second.GetType().GenericTypeArguments[1]).Invoke(first, [second])!;

    static object Step(Type owner, MemberInfo member)
    {
        var record = RecordType.Of(owner)
            ?? throw new FunctionalLlmException($"at: {owner.Name} is not a record whose constructor sets {member.Name}. Declare it as a positional record.");
        var index = record.Names.IndexOf(member.Name);
        if (index < 0)
        {
            throw new FunctionalLlmException(
                $"at: {member.Name} is not set by {owner.Name}'s primary constructor ({string.Join(", ", record.Names)}). Make it a positional field.");
        }

        return typeof(Field).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(owner, record.Types[index]).Invoke(null, [record, index])!;
    }

    static Field<Q, P> Create<Q, P>(RecordType record, int index)
    {
        var invoke = ConstructorInvoker.Create(record.Constructor);
        var defaults = record.Types.Select(RecordType.DefaultOf).ToArray();
        return new(record.Names[index], record.Getter<Q, P>(index), part =>
        {
            var arguments = (object?[])defaults.Clone();
            arguments[index] = part;
            return (Q)invoke.Invoke(arguments);
        });
    }

    static class Derived<Q>
    {
        public static readonly ConcurrentDictionary<string, object> Fields = new(StringComparer.Ordinal);
    }
}
