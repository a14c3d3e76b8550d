"""The brands of Indonesia and their prefixes, as all sources agree on them; editable from then on."""

from django.db import migrations

BRANDS = [
    ("TSEL", "Telkomsel", "Telkomsel", "#e4002b", "0811 0812 0813 0821 0822 0823 0852 0853 0851", ""),
    ("BYU", "by.U", "Telkomsel", "#00aeef", "085155 085156 085157 085158", ""),
    ("ISAT", "Indosat", "Indosat Ooredoo Hutchison", "#ffcb05", "0814 0815 0816 0855 0856 0857 0858", ""),
    ("TRI", "Tri", "Indosat Ooredoo Hutchison", "#f06eaa", "0895 0896 0897 0898 0899", "0894"),
    ("XL", "XL", "XLSmart", "#1f4ba5", "0817 0818 0819 0859 0877 0878", "0874 0876 0879"),
    ("AXIS", "Axis", "XLSmart", "#6f2c91", "0831 0832 0833 0838", ""),
    ("SMART", "Smartfren", "XLSmart", "#d6006d", "0881 0882 0883 0887 0888 0889", "0884 0885 0886"),
    ("PLN", "PLN", "PLN", "#f2a900", "", ""),
]


def add(apps, schema_editor):
    brand_model = apps.get_model("transactions", "Brand")
    prefix_model = apps.get_model("transactions", "Prefix")
    alias = schema_editor.connection.alias
    for position, (code, name, company, colour, agreed, disputed) in enumerate(BRANDS, start=1):
        brand, _ = brand_model.objects.using(alias).get_or_create(
            code=code, defaults={"name": name, "company": company, "colour": colour, "position": position * 10}
        )
        for digits in agreed.split():
            prefix_model.objects.using(alias).get_or_create(digits=digits, defaults={"brand": brand})
        for digits in disputed.split():
            prefix_model.objects.using(alias).get_or_create(digits=digits, defaults={"brand": brand, "disputed": True})


class Migration(migrations.Migration):
    dependencies = [("transactions", "0004_walls")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
