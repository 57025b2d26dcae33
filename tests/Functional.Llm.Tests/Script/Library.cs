using System.Reflection;
using System.Reflection.Emit;

namespace Functional.Llm.Tests;

/// <summary>Small assemblies for scripts to reference.</summary>
static class Library
{
    /// <summary>
    /// Writes NAME.dll with a class NAME that has `const int Constant` and `int Value()`, both of that value. A constant is copied into the
    /// script when it is compiled; a value is asked for when it runs.
    /// </summary>
    public static void Write(string path, int value)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule(name).DefineType(name, TypeAttributes.Public);
        type.DefineField("Constant", typeof(int), FieldAttributes.Public | FieldAttributes.Static | FieldAttributes.Literal)
            .SetConstant(value);
        var body = type.DefineMethod("Value", MethodAttributes.Public | MethodAttributes.Static, typeof(int), []).GetILGenerator();
        body.Emit(OpCodes.Ldc_I4, value);
        body.Emit(OpCodes.Ret);
        type.CreateType();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        assembly.Save(path);
    }
}
