"""What a visitor may ask for."""

from django import forms


class JobForm(forms.Form):
    """One job: short enough to be finished while the visitor looks on."""

    name = forms.CharField(max_length=80)
    seconds = forms.FloatField(min_value=0, max_value=60)
    priority = forms.TypedChoiceField(choices=((0, "Can wait"), (1, "Soon"), (2, "Now")), coerce=int)
