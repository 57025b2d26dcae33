using System.Reflection;
using Xunit;

namespace Functional.Llm.Tests.Gradients;

public class GradientGuardTests
{
    [Fact]
    public void Every_public_layer_has_a_gradient_test()
    {
        var public_layers = typeof(Layers).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == "Functional.Llm" && type is { IsAbstract: true, IsSealed: true })
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => IsDifferentiable(ResultOf(member)))
                .Select(member => $"{type.Name}.{member.Name}"))
            .Distinct()
            .ToArray();
        Assert.True(public_layers.Length > 20, "The search for layers finds too few.");
        Assert.Empty(public_layers.Except(GradientCases.All.Select(c => c.Name)));
    }

    [Fact]
    public void Every_gradient_test_names_a_layer_once() =>
        Assert.Equal(GradientCases.All.Length, GradientCases.All.Select(c => c.Name).Distinct().Count());

    static Type? ResultOf(MemberInfo member) => member switch
    {
        FieldInfo field => field.FieldType,
        PropertyInfo property => property.PropertyType,
        MethodInfo { IsSpecialName: false } or MethodInfo { Name: ['o', 'p', '_', ..] } => ((MethodInfo)member).ReturnType,
        _ => null,
    };

    static bool IsDifferentiable(Type? type) => type is { IsGenericType: true }
        && (type.GetGenericTypeDefinition() == typeof(Layer<,,>) || type.GetGenericTypeDefinition() == typeof(Differentiable<,>));
}
