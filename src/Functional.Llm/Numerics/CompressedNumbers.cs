namespace Functional.Llm;

/// <summary>The rows of a matrix in fewer bits: the codes of each group of 32 numbers, and its scale in bfloat16.</summary>
/// <remarks>The last group of a row is filled up with zeros. Once made, nothing writes to them.</remarks>
sealed unsafe class CompressedNumbers : INumbers
{
    /// <summary>Numbers that have one scale.</summary>
    public const int Group = 32;

    /// <summary>Beyond it, half precision has infinity alone.</summary>
    const int LargestHalf = 65504;

    /// <summary>Codes and scales are read by whole vectors, which may reach beyond the last of them.</summary>
    const int Slack = 64;

    readonly byte[] codes;
    readonly ushort[] scales;
    readonly int bytesPerRow;

    CompressedNumbers(Compression compression, int rows, int columns, (int Bytes, int Scales) row)
    {
        (Compression, Rows, Columns, bytesPerRow) = (compression, rows, columns, row.Bytes);
        if (Math.Max((long)rows * row.Bytes, (long)rows * row.Scales) + Slack > Array.MaxLength)
            throw new FunctionalLlmException($"compress: {rows:N0} rows of {columns:N0} numbers are more in {compression} than one array can hold. Compress wider rows, whose groups are full, or fewer.");
        codes = GC.AllocateUninitializedArray<byte>(rows * row.Bytes + Slack);
        scales = row.Scales == 0 ? [] : GC.AllocateUninitializedArray<ushort>(rows * row.Scales + Slack);
        codes.AsSpan(rows * row.Bytes).Clear();
        scales.AsSpan(rows * row.Scales).Clear();
    }

    /// <summary>How they are coded.</summary>
    public Compression Compression { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Groups of a row.</summary>
    public int Groups => Columns / Group + (Columns % Group > 0 ? 1 : 0);

    /// <summary>The bytes of a row's codes, and how many scales it has.</summary>
    public (int Bytes, int Scales) Row => RowOf(Compression, Columns);

    /// <summary>What they take, in bytes.</summary>
    public long Bytes => (long)Rows * bytesPerRow + sizeof(ushort) * (long)Rows * Row.Scales;

    /// <summary>The codes of some rows.</summary>
    public Span<byte> Codes(int from, int to) => codes.AsSpan(from * bytesPerRow, (to - from) * bytesPerRow);

    /// <summary>The scales of the groups of some rows.</summary>
    public Span<ushort> Scales(int from, int to) => scales.Length == 0 ? [] : scales.AsSpan(from * Groups, (to - from) * Groups);

    /// <summary>Whether rows of so many numbers take less room than in single precision: shorter ones than a group would take a whole one.</summary>
    public static bool Saves(int columns) => columns >= Group;

    /// <summary>Room for rows, whose codes and scales whoever makes it writes.</summary>
    public static CompressedNumbers Uninitialized(Compression compression, int rows, int columns) => new(compression, rows, columns, RowOf(compression, columns));

    /// <summary>The bytes of a row's codes, and how many scales it has.</summary>
    public static (int Bytes, int Scales) RowOf(Compression compression, int columns) => compression switch
    {
        Compression.BF16 => RowOf<BFloat16Codes>(columns),
        Compression.F16 => RowOf<Float16Codes>(columns),
        Compression.Int8 => RowOf<Int8Codes>(columns),
        Compression.Int4 => RowOf<Int4Codes>(columns),
        _ => throw new FunctionalLlmException($"compress: {compression} is not known. Pass one of {string.Join(", ", Enum.GetNames<Compression>())}."),
    };

    static (int Bytes, int Scales) RowOf<C>(int columns)
        where C : struct, ICodes
    {
        var groups = columns / Group + (columns % Group > 0 ? 1 : 0);
        return (long)groups * C.BytesPerGroup <= Array.MaxLength ? (groups * C.BytesPerGroup, C.HasScales ? groups : 0)
            : throw new FunctionalLlmException($"compress: a row of {columns:N0} numbers is more than one array can hold. Compress shorter rows.");
    }

    /// <summary>Does some work on these rows' codes, on the widest vectors that the processor has.</summary>
    public void Do<W>(W work)
        where W : struct, ICodeWork
    {
        switch (Compression)
        {
            case Compression.BF16: Lanes.Widest(new With<BFloat16Codes, W>(work)); break;
            case Compression.F16: Lanes.Widest(new With<Float16Codes, W>(work)); break;
            case Compression.Int8: Lanes.Widest(new With<Int8Codes, W>(work)); break;
            default: Lanes.Widest(new With<Int4Codes, W>(work)); break;
        }
    }

    readonly record struct With<C, W>(W Work) : ILaneWork
        where C : struct, ICodes
        where W : struct, ICodeWork
    {
        public void Run<L>()
            where L : struct, ILanes<L> => Work.Run<L, C>();
    }

    /// <summary>Codes a row.</summary>
    /// <exception cref="FunctionalLlmException">A number is not finite, or too large.</exception>
    public void Encode(int row, ReadOnlySpan<Real> numbers)
    {
        var largest = Compression == Compression.F16 ? LargestHalf : (Real)3.3e38;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!(Real.Abs(numbers[i]) <= largest))
                throw new FunctionalLlmException($"compress: number {i} of row {row} is {numbers[i]}, and {Compression} reaches to {largest}. Pass finite numbers within it, or another compression.");
        }

        fixed (Real* from = numbers)
            Do(new Encoding(this, row, (nint)from));
    }

    readonly record struct Encoding(CompressedNumbers To, int Row, nint From) : ICodeWork
    {
        public void Run<L, C>()
            where L : struct, ILanes<L>
            where C : struct, ICodes
        {
            var group = stackalloc Real[Group];
            fixed (byte* to = To.Codes(Row, Row + 1))
            {
                for (var g = 0; g < To.Groups; g++)
                {
                    var numbers = new Span<Real>(group, Group);
                    numbers.Clear();
                    new ReadOnlySpan<Real>((Real*)From + g * Group, Math.Min(Group, To.Columns - g * Group)).CopyTo(numbers);
                    var scale = C.Encode(group, to + g * C.BytesPerGroup);
                    if (C.HasScales)
                        To.Scales(Row, Row + 1)[g] = scale;
                }
            }
        }
    }

    /// <inheritdoc/>
    public Real[] Decode()
    {
        var numbers = Arrays.Uninitialized(Rows * Columns);
        Results.InParts(Rows, Columns, (from, to) => Decode(from * Columns, numbers.AsSpan(from * Columns, (to - from) * Columns)));
        return numbers;
    }

    /// <summary>The numbers from a place on, places being counted row after row.</summary>
    public void Decode(int place, Span<Real> numbers)
    {
        fixed (Real* to = numbers)
            Do(new Decoding(this, place, (nint)to, numbers.Length));
    }

    readonly record struct Decoding(CompressedNumbers From, int Place, nint To, int Count) : ICodeWork
    {
        public void Run<L, C>()
            where L : struct, ILanes<L>
            where C : struct, ICodes
        {
            var group = stackalloc Real[Group];
            fixed (byte* codes = From.codes)
            {
                for (int done = 0, size; done < Count; done += size)
                {
                    var (row, column) = Math.DivRem(Place + done, From.Columns);
                    var (g, first) = Math.DivRem(column, Group);
                    size = Math.Min(Count - done, Math.Min(Group - first, From.Columns - column));
                    var source = codes + row * From.bytesPerRow + g * C.BytesPerGroup;
                    var scale = C.HasScales ? (Real)BFloat16.Number(From.scales[row * From.Groups + g]) : 1;
                    for (var at = 0; at < Group / 2; at += L.Count)
                    {
                        C.Load(source, at, out L low, out L high);
                        L.Store(low * scale, group + at);
                        L.Store(high * scale, group + Group / 2 + at);
                    }

                    new ReadOnlySpan<Real>(group + first, size).CopyTo(new Span<Real>((Real*)To + done, size));
                }
            }
        }
    }
}

/// <summary>Work that is written once for vectors of every width and all codes.</summary>
interface ICodeWork
{
    void Run<L, C>()
        where L : struct, ILanes<L>
        where C : struct, ICodes;
}
