using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A record or tuple as its primary constructor tells it: names, types and readers of the fields, in order.</summary>
[RequiresUnreferencedCode("Records are taken apart by reflection.")]
[RequiresDynamicCode("Records are taken apart by reflection.")]
sealed record RecordType(ConstructorInfo Constructor, ImmutableArray<string> Names, ImmutableArray<Type> Types, ImmutableArray<MemberInfo> Members)
{
    /// <summary>The record's constructor whose every parameter is a field of the same name and type, or null: not a record.</summary>
    public static RecordType? Of(Type type) =>
        type.GetConstructors()
            .Where(c => c.GetParameters() is { Length: > 0 } parameters && parameters.All(p => MemberOf(type, p) is not null))
            .OrderByDescending(c => c.GetParameters().Length)
            .Select(c => new RecordType(c,
                [.. c.GetParameters().Select(p => MemberOf(type, p)!.Name)],
                [.. c.GetParameters().Select(p => p.ParameterType)],
                [.. c.GetParameters().Select(p => MemberOf(type, p)!)]))
            .FirstOrDefault();

    /// <summary>Reads a field without boxing.</summary>
    public Func<Q, F> Getter<Q, F>(int index) => Members[index] switch
    {
        PropertyInfo property when !typeof(Q).IsValueType => property.GetMethod!.CreateDelegate<Func<Q, F>>(),
        PropertyInfo property => q => (F)property.GetValue(q)!,
        FieldInfo field => q => (F)field.GetValue(q)!,
        _ => throw new InvalidOperationException($"{Members[index]} is neither a property nor a field."),
    };

    public static object? DefaultOf(Type type) => type.IsValueType ? RuntimeHelpers.GetUninitializedObject(type) : null;

    // Tuples name their parameters item1, … and their fields Item1, ….
    static MemberInfo? MemberOf(Type type, ParameterInfo parameter)
    {
        const BindingFlags flags = BindingFlags.Public | BindingFlags.Instance;
        var property = type.GetProperty(parameter.Name!, flags);
        if (property?.PropertyType == parameter.ParameterType && property.GetMethod is not null)
            return property;
        var field = type.GetField(parameter.Name!, flags | BindingFlags.IgnoreCase);
        return field?.FieldType == parameter.ParameterType && typeof(ITuple).IsAssignableFrom(type) ? field : null;
    }
}
