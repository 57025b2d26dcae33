namespace Functional.Llm;

/// <summary>A number that is known when generic code is compiled for it.</summary>
interface IConstant
{
    static abstract int Value { get; }
}

readonly struct N1 : IConstant
{
    public static int Value => 1;
}

readonly struct N2 : IConstant
{
    public static int Value => 2;
}

readonly struct N4 : IConstant
{
    public static int Value => 4;
}

readonly struct N6 : IConstant
{
    public static int Value => 6;
}

readonly struct N8 : IConstant
{
    public static int Value => 8;
}

readonly struct N12 : IConstant
{
    public static int Value => 12;
}

readonly struct N16 : IConstant
{
    public static int Value => 16;
}
